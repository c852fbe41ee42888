# A file of 20,000 lines without a decision in it.
for n in range(5000):
    print(f'def huge_{n}(a):\n    b = a\n    return b\n')
