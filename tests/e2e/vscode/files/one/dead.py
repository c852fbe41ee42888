def early(x):
    return x
    print("never")
