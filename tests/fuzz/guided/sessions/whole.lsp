Content-Length: 218

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{"textDocument":{"documentSymbol":{"hierarchicalDocumentSymbolSupport":true}},"window":{"workDoneProgress":true}}}}Content-Length: 52

{"jsonrpc":"2.0","method":"initialized","params":{}}Content-Length: 171

{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:a.py","languageId":"python","version":1,"text":"def f(a):\n    return f(a)\n"}}}Content-Length: 113

{"jsonrpc":"2.0","id":2,"method":"textDocument/documentSymbol","params":{"textDocument":{"uri":"untitled:a.py"}}}Content-Length: 266

{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"untitled:a.py","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"text":"ä = 1\n"},{"text":"def f(a):\n    return f(a)\n"}]}}Content-Length: 140

{"jsonrpc":"2.0","id":3,"method":"textDocument/hover","params":{"textDocument":{"uri":"untitled:a.py"},"position":{"line":1,"character":6}}}Content-Length: 183

{"jsonrpc":"2.0","id":4,"method":"textDocument/references","params":{"textDocument":{"uri":"untitled:a.py"},"position":{"line":1,"character":6},"context":{"includeDeclaration":true}}}Content-Length: 62

{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":4}}Content-Length: 152

{"jsonrpc":"2.0","id":5,"method":"textDocument/selectionRange","params":{"textDocument":{"uri":"untitled:a.py"},"positions":[{"line":1,"character":6}]}}Content-Length: 75

{"jsonrpc":"2.0","id":6,"method":"workspace/symbol","params":{"query":"f"}}Content-Length: 111

{"jsonrpc":"2.0","id":7,"method":"textDocument/foldingRange","params":{"textDocument":{"uri":"untitled:a.py"}}}Content-Length: 100

{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":"untitled:a.py"}}}