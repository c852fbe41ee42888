#!/usr/bin/env python3
"""A language server that does what it is told, for the part of a main server, of rutter itself, and of a broken one.

    scripted_server.py SCRIPT        a file of JSON; all fields may be left out

    capabilities  of the answer to initialize, beside full synchronization of texts
    version       of the server
    replies       method -> result; see below for the special ones
    delays        method -> seconds until the reply, while others are answered
    register      registrations for client/registerCapability, once the client is initialized
    notify        [[method, params], ...], sent once the client is initialized
    log           file that gets each message of the client as a line of JSON
    dies          ends at its start, with exit code 3
    silent        does not answer initialize

A reply may be {"__error": text, "code": number}, "__hang" (none), "__die" (the server ends), "__garbage" (bytes that are no message)
or {"__at": [[first line, last line, result], ...]} by the line of the position asked for.
A notification `script/send` of the client with {"method", "params"} is sent back as a request, `script/replies` with a table replaces replies.
"""
import json
import sys
import threading

script = json.load(open(sys.argv[1]))
if script.get('dies'):
    sys.stderr.write('scripted: dies as it was told to\n')
    sys.exit(3)
out = sys.stdout.buffer
lock = threading.Lock()
log = open(script['log'], 'a') if script.get('log') else None
requests = 0


def send(message):
    message['jsonrpc'] = '2.0'
    body = json.dumps(message).encode()
    with lock:
        out.write(b'Content-Length: %d\r\n\r\n' % len(body) + body)
        out.flush()


def ask(method, params):
    global requests
    requests += 1
    send({'id': 'scripted-%d' % requests, 'method': method, 'params': params})


def read():
    length = 0
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            sys.exit(0)
        line = line.strip().lower()
        if not line:
            return json.loads(sys.stdin.buffer.read(length))
        if line.startswith(b'content-length:'):
            length = int(line.split(b':')[1])


def reply(message):
    method, identity = message['method'], message['id']
    value = script.get('replies', {}).get(method, None)
    if isinstance(value, dict) and '__at' in value:
        line = message['params']['position']['line']
        value = next((result for first, last, result in value['__at'] if first <= line <= last), None)
    if value == '__hang':
        return
    if value == '__die':
        sys.stdout.flush()
        import os
        os._exit(4)
    if value == '__garbage':
        with lock:
            out.write(b'Content-Length: 9\r\n\r\n{"no json')
            out.flush()
        return
    if isinstance(value, dict) and '__error' in value:
        send({'id': identity, 'error': {'code': value.get('code', -32603), 'message': value['__error']}})
    elif method not in script.get('replies', {}) and method != 'shutdown':
        send({'id': identity, 'error': {'code': -32601, 'message': 'no such method: ' + method}})
    else:
        send({'id': identity, 'result': value})


while True:
    message = read()
    if log:
        log.write(json.dumps(message) + '\n')
        log.flush()
    method = message.get('method')
    if method == 'initialize':
        if not script.get('silent'):
            capabilities = {'textDocumentSync': {'openClose': True, 'change': 1, 'save': True}}
            capabilities.update(script.get('capabilities', {}))
            send({'id': message['id'], 'result': {
                'capabilities': capabilities, 'serverInfo': {'name': 'scripted', 'version': script.get('version', '0')}}})
    elif method == 'initialized':
        if script.get('register'):
            ask('client/registerCapability', {'registrations': script['register']})
        for name, params in script.get('notify', []):
            send({'method': name, 'params': params})
    elif method == 'script/send':
        ask(message['params']['method'], message['params'].get('params'))
    elif method == 'script/notify':
        send({'method': message['params']['method'], 'params': message['params'].get('params')})
    elif method == 'script/replies':
        script.setdefault('replies', {}).update(message['params'])
    elif method == 'exit':
        sys.exit(0)
    elif 'id' in message and method:
        delay = script.get('delays', {}).get(method, 0)
        if delay:
            threading.Timer(delay, reply, [message]).start()
        else:
            reply(message)
