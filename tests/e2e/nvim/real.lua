-- The real server and all that the editor shows of it, in a small repository with a history.
local harness = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. '/harness.lua')
local check = harness.check

local before = {
  'import os', '', 'def outer(値, b):', '    if 値 and b:', '        for x in b:', '            print("日本", x)', '        return 1', '    return 0', '',
  'def inner():', '    return outer(1, [2])', '', 'def dead():', '    return 1', '    print("never")', '    print("ever")',
}
local complex = { '', 'def heavy(a, b):' }
for n = 1, 8 do
  vim.list_extend(complex, { ('    if a == %d and b:'):format(n), ('        print(%d)'):format(n) })
end
vim.list_extend(complex, { '    return a', '' })

local function git(...)
  local run = vim.system({ 'git', '-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'init.defaultBranch=main', ... },
    { cwd = harness.work .. '/repo', text = true }):wait()
  assert(run.code == 0, run.stderr)
end

local view = [[
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.bo[vim.api.nvim_win_get_buf(window)].filetype == 'rutter-cfg' then return window end
  end
]]

-- The text of the marked block.
local current = [[
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local bufnr = vim.api.nvim_win_get_buf(window)
    if vim.bo[bufnr].filetype == 'rutter-cfg' then
      local found = {}
      for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(bufnr, vim.api.nvim_get_namespaces()['rutter.cfg.current'], 0, -1, { details = true })) do
        found[#found + 1] = vim.api.nvim_buf_get_text(bufnr, mark[2], mark[3], mark[4].end_row, mark[4].end_col, {})[1]
      end
      return found
    end
  end
  return {}
]]

-- The lenses that are drawn, one a line.
local drawn_lenses = [[
  local client = vim.lsp.get_clients({ name = 'rutter' })[1]
  local texts = {}
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace('nvim.lsp.codelens:' .. client.id), 0, -1, { details = true })) do
    for _, chunk in ipairs(mark[4].virt_text) do
      if chunk[2] == 'LspCodeLens' then texts[#texts + 1] = (mark[2] + 1) .. ' ' .. chunk[1] end
    end
  end
  return table.concat(texts, '\n')
]]

harness.run(function()
  vim.fn.mkdir(harness.work .. '/repo', 'p')
  local file = harness.work .. '/repo/sample.py'
  vim.fn.writefile(vim.list_extend(vim.list_extend({}, before), complex), file)
  git('init', '-q')
  git('add', '.')
  git('commit', '-q', '-m', 'one')
  vim.fn.writefile({ '# touched again' }, file, 'a')
  git('commit', '-q', '-a', '-m', 'two')

  local child = harness.editor({ before = [[
    _G.states = {}
    vim.api.nvim_create_autocmd('User', { pattern = 'RutterStatus', callback = function(event)
      for _, root in ipairs(event.data.status.roots) do _G.states[root.state] = true end
    end })
  ]] })
  child:command('edit ' .. file)
  check('the server starts', child:await([[return _G.ready('rutter')]]), child:messages())
  check('and tells when its index is ready', child:await([[return _G.states.ready]]), child:lua('return _G.states'))

  -- Numbers.
  child:command('normal! 4G')
  check('the statusline says how complex the function is', child:await([[return require('rutter').status() == 'cyc 4 cog 4']]),
    child:lua([[return require('rutter').status()]]))
  child:command('Rutter why')
  local marks = harness.await(function()
    local found = child:lua([[
      local space = vim.api.nvim_get_namespaces()['rutter.why']
      local texts, words = {}, {}
      for _, mark in ipairs(space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}) do
        if mark[4].virt_text then texts[#texts + 1] = (mark[2] + 1) .. ' ' .. mark[4].virt_text[1][1]
        else words[#words + 1] = vim.api.nvim_buf_get_text(0, mark[2], mark[3], mark[4].end_row, mark[4].end_col, {})[1] end
      end
      return { texts, words }
    ]])
    return #found[1] > 0 and found
  end) or { {}, {} }
  check('why explains each line', #marks[1] == 2 and marks[1][1]:find('^4 %+2 cyclomatic · %+2 cognitive · if')
    and marks[1][2]:find('^5 %+1 cyclomatic · %+2 cognitive · for %(nested once%)'), marks)
  check('and its words', vim.deep_equal(marks[2], { 'if', 'and', 'for' }), marks)
  child:command('Rutter why')
  child:command('Rutter callers')
  local list = child:await([[local l = vim.fn.getqflist({ title = 1, items = 1 }) return l.title == 'Callers of outer' and l or nil]])
  check('callers are listed', list and #list.items == 1 and list.items[1].lnum == 11 and list.items[1].text:find('inner', 1, true), list)
  child:command('cclose')

  -- What has changed since HEAD.
  child:type('4GOif b: return 2<Esc>')
  child:command('silent write')
  list = harness.await(function()
    child:command('Rutter metrics')
    local found = child:await([[local l = vim.fn.getqflist({ title = 1, items = 1 }) return l.title:find('Functions') and l or nil]])
    child:command('cclose')
    return found and found.items[1].text:find('cog 5 (+1)', 1, true) and found
  end)
  check('metrics have the change against HEAD', list and list.items[1].text:find('cyc 5 (+1)', 1, true) and list.title:find('HEAD', 1, true), list)
  check('and so have lenses', harness.await(function() return child:lua(drawn_lenses):find('3 cognitive 5 (+1)', 1, true) end), child:lua(drawn_lenses))
  child:command('normal! u')
  child:command('silent write')
  check('a complex function has lenses, and others that are as they were have none', harness.await(function()
    local all = child:lua(drawn_lenses)
    return all:find('18 cognitive 16', 1, true) and all:find('18 control flow', 1, true) and not all:find('^3 ') and not all:find('\n10 ')
  end), child:lua(drawn_lenses))
  child:command('Rutter hotspots')
  list = child:await([[local l = vim.fn.getqflist({ title = 1, items = 1 }) return l.title:find('Hotspots') and l or nil]])
  check('hotspots begin with the worst', list and list.items[1].text:find('heavy', 1, true) and list.items[1].text:find('commits [12] '), list)
  child:command('cclose')

  -- The graph.
  child:command('normal! 4G')
  child:command('Rutter cfg')
  local window = child:await(view)
  check('cfg draws the graph', window)
  local drawn = child:lua([[
    local bufnr = vim.api.nvim_win_get_buf(...)
    local lines = vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
    local odd = {}
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(bufnr, vim.api.nvim_get_namespaces()['rutter.cfg'], 0, -1, { details = true })) do
      local text = vim.api.nvim_buf_get_text(bufnr, mark[2], mark[3], mark[4].end_row, mark[4].end_col, {})[1]
      local name = mark[4].hl_group
      -- A box begins and ends with its frame, or where an edge touches it.
      if not name:find('Edge') and (text:sub(1, 1):byte() or 0) < 0xe2 then odd[#odd + 1] = { name, text } end
    end
    return { lines = lines, odd = odd }
  ]], window)
  check('each box is where the drawing has it', #drawn.lines > 5 and #drawn.odd == 0, drawn)
  check('with the code in it, wide characters, too', table.concat(drawn.lines, '\n'):find('日本', 1, true), drawn.lines)
  local function at(line, text)
    child:command(('normal! %dG^'):format(line))
    child:type('hl')
    return harness.await(function() return table.concat(child:lua(current), '\n'):find(text, 1, true) end, 3000)
  end
  check('the block at the cursor is marked', at(4, '値'), child:lua(current))
  check('and follows it', at(6, '日本') and at(8, 'return 0'), child:lua(current))
  check('and comes to other functions', at(11, 'return outer'), child:lua(current))
  child:command('wincmd l')
  child:type('<CR>')
  local place = child:lua([[return { vim.fn.expand('%:t'), vim.api.nvim_win_get_cursor(0)[1] }]])
  check('<CR> leads back to the code', place[1] == 'sample.py' and place[2] == 11, place)
  child:type('3GA<CR>if b is None:<CR>return 3<Esc>')
  check('an edit is drawn', harness.await(function()
    return table.concat(child:lua([[return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(...), 0, -1, false)]], window), '\n'):find('return 3', 1, true)
  end), child:lua([[return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(...), 0, -1, false)]], window))
  child:type('u')
  child:lua([[require('rutter.cfg').close()]])
  for format, start in pairs({ dot = 'digraph', mermaid = 'flowchart', svg = '<svg' }) do
    local path = ('%s/graph.%s'):format(harness.work, format)
    child:command(('4 | Rutter cfg %s %s'):format(format, path))
    child:says('written: ' .. path)
    local text = vim.fn.filereadable(path) == 1 and table.concat(vim.fn.readfile(path), '\n') or ''
    check('cfg ' .. format .. ' is ' .. format, text:find(start, 1, true), text)
  end

  -- What no path reaches.
  local faded = child:await([[
    local rows = {}
    for _, namespace in pairs(vim.api.nvim_get_namespaces()) do
      for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
        if mark[4].hl_group == 'DiagnosticUnnecessary' then
          for row = mark[2], mark[4].end_row do rows[tostring(row + 1)] = true end
        end
      end
    end
    return next(rows) and rows or nil
  ]])
  check('unreachable code is faded, and no other', faded and faded['15'] and faded['16'] and not faded['14'] and not faded['8'], faded)
  check('as a hint of ours', child:lua([[
    local found = vim.diagnostic.get(0)[1]
    return found and found.source == 'rutter' and found.code == 'unreachable' and found.severity == vim.diagnostic.severity.HINT
  ]]), child:lua([[return vim.diagnostic.get(0)]]))

  -- The reports.
  child:command('Rutter status')
  check('status tells of the index', child:says('repo: ready'), child:messages())
  child:command('checkhealth rutter')
  local report = child:await([[
    local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
    return vim.bo.filetype == 'checkhealth' and text:find('python:', 1, true) and text or nil
  ]]) or ''
  for _, text in ipairs({
    'OK Neovim 0', 'OK rutter 0.1.0 at', 'OK enabled', 'serves 1 buffer of', 'OK repo: ready', 'python: full mode, no other server serves it', 'OK code lenses are shown',
  }) do
    check(('health has "%s"'):format(text), report:find(text, 1, true), report)
  end
  check('and finds no fault', not report:find('ERROR', 1, true) and not report:find('WARNING', 1, true), report)
  child:command('bwipeout')
  child:command('Rutter restart')
  check('restart starts it again', child:says('restarted') and child:await([[vim.cmd('buffer sample.py') return _G.ready('rutter')]]), child:messages())
  check('nothing went wrong meanwhile', #child:errors() == 0, child:errors())
end)
