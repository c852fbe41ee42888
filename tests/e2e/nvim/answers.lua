-- A small program and what a server says of it, as editors/PROTOCOL.md has it: known answers for the tests of what is drawn.
local M = {}

M.text = {
  'import os',                    --  0
  '',                             --  1
  'def outer(値, b):',            --  2
  '    if 値 and b:',             --  3
  '        for x in b:',          --  4
  '            print("日本", x)', --  5
  '        return 1',             --  6
  '    return 0',                 --  7
  '',                             --  8
  'def inner():',                 --  9
  '    return outer(1, [2])',     -- 10
}

local function at(line, from, to) return { start = { line = line, character = from }, ['end'] = { line = line, character = to } } end
local function span(a, b, c, d) return { start = { line = a, character = b }, ['end'] = { line = c, character = d } } end

---@param uri string
function M.of(uri)
  local outer = {
    name = 'outer', fqn = 'sample.outer', kind = 'function', uri = uri, range = span(2, 0, 7, 12), selectionRange = at(2, 4, 9),
    cyclomatic = 4, cognitive = 4, callers = 1,
  }
  local inner = {
    name = 'inner', fqn = 'sample.inner', kind = 'function', uri = uri, range = span(9, 0, 10, 24), selectionRange = at(9, 4, 9),
    cyclomatic = 1, cognitive = 0, callers = 0,
  }
  local function with(fn, more) return vim.tbl_extend('force', fn, more) end

  local outer_graph = {
    ['function'] = outer, version = 0,
    blocks = {
      { id = 0, kind = 'entry', terminator = 'branch', range = at(3, 7, 14), code = { '値 and b' }, leaves = false },
      { id = 1, kind = 'loop_header', terminator = 'branch', range = span(4, 8, 4, 18), code = { 'x in b' }, leaves = false },
      { id = 2, kind = 'body', terminator = 'goto', range = at(5, 12, 26), code = { 'print("日本", x)' }, leaves = false },
      { id = 3, kind = 'body', terminator = 'return', range = at(6, 8, 16), code = { 'return 1' }, leaves = true },
      { id = 4, kind = 'body', terminator = 'return', range = at(7, 4, 12), code = { 'return 0' }, leaves = true },
    },
    edges = {
      { from = 0, to = 1, kind = 'true' }, { from = 0, to = 4, kind = 'false' }, { from = 1, to = 2, kind = 'true' },
      { from = 2, to = 1, kind = 'back' }, { from = 1, to = 3, kind = 'false' },
    },
    dot = 'digraph "outer" {\n}\n', mermaid = 'flowchart TD\n  b0 --> b1\n', svg = '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
  }
  -- Boxes that stand behind each other, with wide characters before the second one: bytes, columns and characters all differ.
  local lines = {
    '┌──────────┐     ┌──────────┐',
    '│ 値 and b ├────▶│ return 0 │',
    '└────┬─────┘     └──────────┘',
    '     │',
    '┌────▼─────┐',
    '│ x in b   │◀─┐',
    '└────┬─────┘  │',
    '     ├────────┼──┐',
    '┌────▼───────────┐│ ┌─────────┐',
    '│ print("日本",x)├┘ │ return 1│',
    '└────────────────┘  └─────────┘',
  }
  local function column(line, text, after)
    return assert(lines[line + 1]:find(text, after or 1, true)) - 1
  end
  -- A box that begins and ends with these texts on its lines.
  local function box(id, line, parts, after)
    local columns = {}
    for offset, part in ipairs(parts) do
      local start = column(line + offset - 1, part, after)
      columns[offset] = { start, start + #part }
    end
    return { id = id, line = line, endLine = line + #parts, columns = columns }
  end
  outer_graph.boxes = {
    lines = lines,
    blocks = {
      box(0, 0, { '┌──────────┐', '│ 値 and b ├', '└────┬─────┘' }),
      box(1, 4, { '┌────▼─────┐', '│ x in b   │', '└────┬─────┘' }),
      box(2, 8, { '┌────▼───────────┐', '│ print("日本",x)├', '└────────────────┘' }),
      box(3, 8, { '┌─────────┐', '│ return 1│', '└─────────┘' }),
      box(4, 0, { '┌──────────┐', '│ return 0 │', '└──────────┘' }, 20),
    },
    edges = {
      { kind = 'false', line = 1, column = column(1, '────▶'), endColumn = column(1, '│ return') },
      { kind = 'true', line = 3, column = 5, endColumn = #lines[4] },
      { kind = 'back', line = 5, column = column(5, '◀'), endColumn = #lines[6] },
    },
  }
  local inner_lines = { '┌───────────────────┐', '│ return outer(1, 2)│', '└───────────────────┘' }
  local inner_graph = {
    ['function'] = inner, version = 0,
    blocks = { { id = 0, kind = 'entry', terminator = 'return', range = at(10, 4, 24), code = { 'return outer(1, [2])' }, leaves = true } },
    edges = {},
    dot = 'digraph "inner" {\n}\n',
    boxes = {
      lines = inner_lines, edges = {},
      blocks = { { id = 0, line = 0, endLine = 3, columns = { { 0, #inner_lines[1] }, { 0, #inner_lines[2] }, { 0, #inner_lines[3] } } } },
    },
  }
  local function placed(outer_reply, inner_reply)
    return { __at = { { 2, 7, outer_reply }, { 9, 10, inner_reply } } }
  end
  return {
    outer = outer, inner = inner, outer_graph = outer_graph, inner_graph = inner_graph,
    replies = {
      ['rutter/controlFlow'] = placed(outer_graph, inner_graph),
      ['rutter/why'] = placed({
        ['function'] = outer, version = 0,
        lines = {
          { line = 3, cyclomatic = 2, cognitive = 2, causes = 'if, and', nesting = 0, ranges = { at(3, 4, 6), at(3, 9, 12) } },
          { line = 4, cyclomatic = 1, cognitive = 2, causes = 'for', nesting = 1, ranges = { at(4, 8, 11) } },
        },
      }, { ['function'] = inner, version = 0, lines = {} }),
      ['rutter/callers'] = placed({
        ['function'] = outer,
        callers = { { ['function'] = inner, uri = uri, ranges = { at(10, 11, 16) }, confidence = 'likely' } },
      }, { ['function'] = inner, callers = {} }),
      ['rutter/metrics'] = {
        version = 0, head = '0123456789abcdef',
        functions = { with(outer, { head = { cyclomatic = 4, cognitive = 1 } }), inner },
      },
      ['rutter/hotspots'] = {
        functions = { with(outer, { commits = 7, score = 32 }), with(inner, { commits = 7, score = 0 }) },
        files = { { uri = uri, path = 'sample.py', cognitive = 4, cyclomatic = 5, functions = 2, commits = 7, score = 32 } },
        history = { commits = 40, since = '2026-01-01T00:00:00Z' },
      },
      ['rutter/status'] = {
        version = '9.9.9',
        roots = {
          { uri = vim.fs.dirname(uri), name = 'ws', state = 'ready', message = '1 file indexed', files = 1, skipped = 0, symbols = 2,
            indexDir = '/somewhere/index' },
        },
      },
    },
  }
end

return M
