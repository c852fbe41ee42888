# Prints a function of more than 500 blocks.
print('def long(x):')
for n in range(260):
    print(f'    if x == {n}:\n        x = x + {n}\n    print({n})')
print('    return x')
