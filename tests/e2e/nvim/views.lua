-- What the commands draw and list, from known answers.
local harness = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. '/harness.lua')
local answers = dofile(harness.here .. '/answers.lua')
local check = harness.check

local function why_marks(child)
  return child:lua([[
    local texts, words = {}, {}
    local space = vim.api.nvim_get_namespaces()['rutter.why']
    for _, mark in ipairs(space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}) do
      local details = mark[4]
      if details.virt_text then
        texts[#texts + 1] = mark[2] .. ' ' .. details.virt_text[1][1]
      else
        words[#words + 1] = vim.api.nvim_buf_get_text(0, mark[2], mark[3], details.end_row, details.end_col, {})[1]
      end
    end
    return { texts = texts, words = words }
  ]])
end

-- The text under a highlight of the view, line by line.
local function marked(child, namespace, group)
  return child:lua([[
    local namespace, group = ...
    local bufnr = vim.fn.bufnr('%')
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      local candidate = vim.api.nvim_win_get_buf(window)
      if vim.bo[candidate].filetype == 'rutter-cfg' then bufnr = candidate end
    end
    local found = {}
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(bufnr, vim.api.nvim_get_namespaces()[namespace], 0, -1, { details = true })) do
      if mark[4].hl_group == group then
        found[#found + 1] = vim.api.nvim_buf_get_text(bufnr, mark[2], mark[3], mark[4].end_row, mark[4].end_col, {})[1]
      end
    end
    return found
  ]], namespace, group)
end

local function current(child) return table.concat(marked(child, 'rutter.cfg.current', 'RutterCfgCurrent'), '\n') end

local view_window = [[
  for _, window in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    if vim.bo[vim.api.nvim_win_get_buf(window)].filetype == 'rutter-cfg' then return window end
  end
]]

local function lists(child, uri)
  child:command('Rutter metrics')
  local list = child:await([[
    local list = vim.fn.getqflist({ title = 1, items = 1, winid = 1 })
    return list.title:find('Functions') and list.winid ~= 0 and { title = list.title, items = list.items,
      lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(list.winid), 0, -1, false) } or nil
  ]])
  check('metrics lists the functions with what they are, and the change against HEAD', list and #list.items == 2
    and list.items[1].text:find('cyc 4 +cog 4 %(%+3%)') and list.items[2].text:find('cyc 1 %(new%)') and list.title:find('01234567', 1, true), list)
  check('in columns', list and list.lines[1]:find('cyc', 1, true) == list.lines[2]:find('cyc', 1, true), list and list.lines)
  child:type('<CR>')
  check('and <CR> in it leads to a function', child:lua('return vim.api.nvim_win_get_cursor(0)')[1] == 3, child:lua('return vim.api.nvim_win_get_cursor(0)'))
  child:command('cclose')

  child:command('Rutter hotspots')
  list = child:await([[local l = vim.fn.getqflist({ title = 1, items = 1 }) return l.title:find('Hotspots') and l or nil]])
  check('hotspots lists them by score', list and #list.items == 2 and list.items[1].text:find('score 32 +commits 7 +cog 4 +sample.outer')
    and list.title:find('40 commits', 1, true), list)
  child:command('cclose')

  child:command('normal! 3G')
  child:command('Rutter callers')
  list = child:await([[local l = vim.fn.getqflist({ title = 1, items = 1 }) return l.title:find('Callers') and l or nil]])
  check('callers lists the calls, their function, and how sure that is', list and #list.items == 1 and list.items[1].lnum == 11
    and list.items[1].col == 12 and list.items[1].text == 'return outer(1, [2])  in sample.inner  (likely)', list)
  child:command('cclose')
  child:command('normal! 10G')
  child:command('Rutter callers')
  check('and says so where there are none', child:says('no callers of inner found'), child:messages())
  child:command('normal! 1G')
  child:command('Rutter callers')
  check('and where there is no function', child:says('no function here'), child:messages())

  -- Other places for lists.
  child:lua([[require('rutter').setup({ list = 'loclist' })]])
  child:command('Rutter metrics')
  check('a list may go to the location list', child:await([[
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      local list = vim.fn.getloclist(window, { title = 1, winid = 1 })
      if list.title:find('Functions') and list.winid ~= 0 then return true end
    end
  ]]))
  child:command('lclose')
  child:lua([[
    require('rutter').setup({ list = 'quickfix' })
    vim.ui.select = function(items, options, choose)
      _G.offered = vim.tbl_map(options.format_item, items)
      choose(items[2])
    end
  ]])
  child:command('Rutter! metrics')
  local offered = child:await('return _G.offered')
  check('a bang picks, by vim.ui.select where nothing else is there', offered and #offered == 2 and offered[2]:find('sample.inner', 1, true), offered)
  check('and the choice is gone to', child:lua('return vim.api.nvim_win_get_cursor(0)')[1] == 10, child:lua('return vim.api.nvim_win_get_cursor(0)'))

  -- The shapes that each picker takes, written down by stand-ins.
  local takes = child:lua([[
    local taken = {}
    package.loaded['telescope.pickers'] = { new = function(_, options) return { find = function() taken.telescope = options end } end }
    package.loaded['telescope.finders'] = { new_table = function(options) return vim.tbl_map(options.entry_maker, options.results) end }
    package.loaded['telescope.config'] = { values = { generic_sorter = function() return {} end, qflist_previewer = function() return {} end } }
    package.loaded['fzf-lua'] = { fzf_exec = function(lines, options) taken.fzf = lines; options.actions.default({ lines[1] }) end }
    package.loaded['snacks'] = { picker = { pick = function(options) taken.snacks = options end } }
    package.loaded['mini.pick'] = { start = function(options) taken.mini = options.source end }
    local items = { { filename = vim.api.nvim_buf_get_name(0), lnum = 3, col = 5, text = 'one' } }
    for _, name in ipairs({ 'telescope', 'fzf-lua', 'snacks', 'mini.pick' }) do
      require('rutter').setup({ picker = name })
      require('rutter.pick').pick('title', items)
    end
    local fzf_line = vim.api.nvim_win_get_cursor(0)[1]
    taken.by_itself = nil
    require('rutter').setup({ picker = 'auto' })
    taken.telescope_alone = taken.telescope
    taken.telescope = nil
    require('rutter.pick').pick('title', items)
    local auto = taken.telescope ~= nil
    for _, name in ipairs({ 'telescope.pickers', 'fzf-lua', 'snacks', 'mini.pick' }) do package.loaded[name] = nil end
    return {
      telescope = { taken.telescope_alone.finder[1].lnum, taken.telescope_alone.finder[1].display }, fzf = { fzf_line, taken.fzf[1] },
      snacks = taken.snacks.items[1], mini = taken.mini.items[1], auto = auto,
    }
  ]])
  check('telescope gets places', takes.telescope[1] == 3 and takes.telescope[2]:find('one', 1, true), takes)
  check('fzf-lua gets lines, and its choice is gone to', takes.fzf[1] == 3 and takes.fzf[2]:find('one', 1, true), takes)
  check('snacks gets places', takes.snacks.pos[1] == 3 and takes.snacks.file == vim.uri_to_fname(uri), takes)
  check('mini.pick gets places', takes.mini.lnum == 3 and takes.mini.path == vim.uri_to_fname(uri), takes)
  check('the one that is installed is taken', takes.auto, takes)
end

local function why(child)
  child:command('normal! 3G')
  child:command('Rutter why')
  harness.await(function() return #why_marks(child).texts > 0 end)
  local marks = why_marks(child)
  check('why says what each line adds', vim.deep_equal(marks.texts, {
    '3 +2 cyclomatic · +2 cognitive · if, and', '4 +1 cyclomatic · +2 cognitive · for (nested once)',
  }), marks)
  check('and lights up the words that count, behind wide characters, too', vim.deep_equal(marks.words, { 'if', 'and', 'for' }), marks)
  child:command('Rutter why')
  check('once more hides it', #why_marks(child).texts == 0, why_marks(child))
  child:command('Rutter why')
  harness.await(function() return #why_marks(child).texts > 0 end)
  child:type('ggOx = 1<Esc>')
  check('an edit takes it away', harness.await(function() return #why_marks(child).texts == 0 end), why_marks(child))
  child:type('u')
  child:command('normal! 10G')
  child:command('Rutter why')
  check('a function without such lines is said to have none', child:says('nothing makes inner complex: cyclomatic 1, cognitive 0'), child:messages())
end

local function graph(child)
  child:command('normal! 4G')
  child:command('Rutter cfg')
  local window = child:await(view_window)
  check('cfg opens a window', window)
  local state = child:lua([[
    local window = ...
    local bufnr = vim.api.nvim_win_get_buf(window)
    return { buftype = vim.bo[bufnr].buftype, modifiable = vim.bo[bufnr].modifiable, wrap = vim.wo[window].wrap, number = vim.wo[window].number,
      elsewhere = vim.api.nvim_get_current_win() ~= window, first = vim.api.nvim_buf_get_lines(bufnr, 0, 1, false)[1], winbar = vim.wo[window].winbar }
  ]], window)
  check('beside the code, which keeps the cursor', state.elsewhere, state)
  check('that nobody writes into', state.buftype == 'nofile' and not state.modifiable and not state.wrap, state)
  check('with the drawing in it', state.first:find('┌──────────┐     ┌──────────┐', 1, true), state)
  check('and the function over it', state.winbar:find('sample.outer', 1, true) and state.winbar:find('4', 1, true), state)
  check('the block at the cursor is marked', current(child) == '┌──────────┐\n│ 値 and b ├\n└────┬─────┘', current(child))
  check('a loop has a highlight of its own', vim.deep_equal(marked(child, 'rutter.cfg', 'RutterCfgLoop'), {
    '┌────▼─────┐', '│ x in b   │', '└────┬─────┘',
  }), marked(child, 'rutter.cfg', 'RutterCfgLoop'))
  check('and so have edges', vim.deep_equal(marked(child, 'rutter.cfg', 'RutterCfgEdgeFalse'), { '────▶' })
    and vim.deep_equal(marked(child, 'rutter.cfg', 'RutterCfgEdgeBack'), { '◀─┐' }), marked(child, 'rutter.cfg', 'RutterCfgEdgeFalse'))
  check('the highlights are links that a colour scheme may change', child:lua([[
    return vim.api.nvim_get_hl(0, { name = 'RutterCfgEdgeTrue' }).link == 'DiagnosticOk'
      and vim.api.nvim_get_hl(0, { name = 'RutterCfgUnreachable' }).link == 'DiagnosticUnnecessary'
  ]]))

  child:type('jj')
  check('the mark follows the cursor', harness.await(function() return current(child):find('print("日本",x)', 1, true) end), current(child))
  child:type('j^')
  check('also to a box behind wide characters', harness.await(function() return current(child):find('│ return 1│', 1, true) end), current(child))
  child:type('3j')
  check('and to other functions', harness.await(function() return current(child):find('return outer', 1, true) end), current(child))
  child:type('gg4G')
  check('and back', harness.await(function() return current(child):find('値 and b', 1, true) end), current(child))

  child:command('wincmd l')
  child:type(']b')
  check(']b goes to the next block', harness.await(function() return current(child):find('x in b', 1, true) end), current(child))
  check('and lights up its code', child:lua([[
    local bufnr = vim.fn.bufnr('sample.py')
    local mark = vim.api.nvim_buf_get_extmarks(bufnr, vim.api.nvim_get_namespaces()['rutter.cfg.code'], 0, -1, { details = true })[1]
    return mark and mark[2] == 4
  ]]))
  child:type('[b[b')
  check('[b goes back, around the end', harness.await(function() return current(child):find('return 0', 1, true) end), current(child))
  child:type('<CR>')
  local place = child:lua([[return { vim.fn.expand('%:t'), vim.api.nvim_win_get_cursor(0) }]])
  check('<CR> goes to its code', place[1] == 'sample.py' and vim.deep_equal(place[2], { 8, 4 }), place)
  child:type('<C-o>')
  check('which the jump list knows', child:lua('return vim.api.nvim_win_get_cursor(0)')[1] == 4, child:lua('return vim.api.nvim_win_get_cursor(0)'))

  -- Only the view's own buffer has its keys.
  check('the keys are those of its own buffer', child:lua([[
    return vim.fn.maparg(']b', 'n', false, true).buffer ~= 1 and vim.fn.maparg('q', 'n') == ''
  ]]))

  -- A small window is scrolled to where the block is.
  child:lua([[vim.api.nvim_win_set_height(0, 40)]])
  child:lua([[
    local window = ...
    vim.api.nvim_win_set_width(window, 20)
  ]], window)
  child:command('normal! 7G')
  harness.await(function() return current(child):find('return 1', 1, true) end)
  child:type('gg7G^')
  local left = child:await([[
    local window = ...
    local left = vim.fn.getwininfo(window)[1].leftcol
    return left > 0 and left or nil
  ]], window)
  check('and scrolled sideways', left == 31 - 20, left)

  -- A mouse click twice on a box.
  child:lua([[
    local window = ...
    vim.api.nvim_win_set_width(window, 60)
    vim.o.mouse = 'a'
    vim.cmd('redraw')
    local at = vim.fn.screenpos(window, 6, 3)
    _G.at = at
  ]], window)
  child:command('normal! gg4G')
  vim.wait(300)
  local at = child:lua([[
    local window = ...
    vim.api.nvim_win_call(window, function() vim.fn.winrestview({ topline = 1, leftcol = 0 }) end)
    vim.cmd('redraw')
    return vim.fn.screenpos(window, 6, 4)
  ]], window)
  for _ = 1, 2 do
    for _, action in ipairs({ 'press', 'release' }) do
      vim.rpcrequest(child.channel, 'nvim_input_mouse', 'left', action, '', 0, at.row - 1, at.col - 1)
    end
  end
  check('a double click goes to the code', harness.await(function()
    local there = child:lua([[return { vim.fn.expand('%:t'), vim.api.nvim_win_get_cursor(0)[1] }]])
    return there[1] == 'sample.py' and there[2] == 5
  end, 3000), { child:lua([[return { vim.fn.expand('%:t'), vim.api.nvim_win_get_cursor(0) }]]), at })

  -- An edit makes it anew.
  child:command('normal! 4G')
  child:command('wincmd h')
  local before = #harness.heard(child.log, 'rutter/controlFlow')
  child:type('4GAx<Esc>A<BS>y<Esc>')
  check('an edit asks for the graph anew, once the text rests',
    harness.await(function() return #harness.heard(child.log, 'rutter/controlFlow') > before end), before)
  vim.wait(400)
  check('and not at each key', #harness.heard(child.log, 'rutter/controlFlow') <= before + 3, #harness.heard(child.log, 'rutter/controlFlow') - before)
  child:type('u')

  child:command('wincmd l')
  child:type('q')
  check('q closes it', child:gone(view_window))

  -- As a float.
  child:lua([[require('rutter').setup({ cfg = { window = 'float' } })]])
  child:command('normal! 4G')
  child:command('Rutter cfg')
  window = child:await(view_window)
  check('it may be a float', window and child:lua('return vim.api.nvim_win_get_config(...).relative', window) == 'editor')
  check('where the cursor is', child:lua('return vim.api.nvim_get_current_win()') == window)
  child:type(']b<CR>')
  check('which goes when its code is gone to', child:gone(view_window) and child:lua('return vim.api.nvim_win_get_cursor(0)[1]') == 5)
  child:lua([[require('rutter').setup({ cfg = { window = 'below' } })]])
  child:command('Rutter cfg')
  window = child:await(view_window)
  check('or a window below', window and child:lua([[return vim.fn.win_screenpos(...)[1] > 10]], window))
  child:lua([[vim.api.nvim_win_close(..., true)]], window)
  check('closing that window ends it', child:await([[return not pcall(vim.api.nvim_get_autocmds, { group = 'rutter.cfg' })]]))
  child:lua([[require('rutter').setup({ cfg = { window = 'tab' } })]])
  child:command('Rutter cfg')
  check('or a tab', child:await('return #vim.api.nvim_list_tabpages() == 2'))
  child:command('tablast')
  child:command('tabonly')
  child:lua([[require('rutter.cfg').close() require('rutter').setup({ cfg = { window = 'right' } })]])
  check('where it is the last window of all, that is left empty', child:lua([[return vim.bo.filetype == '' and #vim.api.nvim_list_wins() == 1]]))
  child:command('buffer sample.py')
end

-- What happens to a view whose code goes.
local function orphan(child, other)
  child:lua([[require('rutter').setup({ cfg = { focus = true } })]])
  child:command('normal! 4G')
  child:command('Rutter cfg')
  local window = child:await(view_window)
  check('an option takes the cursor there at once', child:lua('return vim.api.nvim_get_current_win()') == window)
  child:lua([[require('rutter').setup({ cfg = { focus = false } })]])
  child:type(']b')
  child:command('wincmd h')
  child:command('edit ' .. other)
  child:await([[return _G.ready('rutter')]])
  child:type('G')
  check('the view follows into another file', harness.await(function()
    return child:lua([[return vim.b[vim.api.nvim_win_get_buf(...)].rutter_function]], window) == 'other.alone'
  end), child:lua([[return vim.b[vim.api.nvim_win_get_buf(...)].rutter_function]], window))
  child:command('bwipeout other.py')
  check('it says so when its file is closed', child:await([[
    return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(...), 0, 1, false)[1]:find('The file is closed', 1, true) ~= nil
  ]], window))
  child:type(']bj<CR>')
  child:command('leftabove vsplit | set nowinfixbuf | buffer sample.py')
  child:type('gg4G')
  check('and goes on with the next', harness.await(function() return current(child):find('値 and b', 1, true) end), current(child))
  child:command('only')
  check('alone with the code it is gone', child:gone(view_window))
  child:command('Rutter cfg')
  window = child:await(view_window)
  child:command('close')
  child:await([[return not vim.wo[...].winfixbuf]], window)
  child:command('edit ' .. other)
  check('alone without it, it makes room for a file', child:gone(view_window)
    and child:lua([[return vim.fn.expand('%:t') .. ' ' .. #vim.api.nvim_list_wins()]]) == 'other.py 1', child:lua([[return vim.fn.expand('%:t')]]))
  check('with the options that files have', child:lua([[return vim.wo.wrap and vim.wo.foldenable and vim.wo.winbar == '']]),
    child:lua([[return { vim.wo.wrap, vim.wo.foldenable, vim.wo.winbar }]]))
  child:command('bwipeout')
  child:command('buffer sample.py')
  check('without an error', #child:errors() == 0, child:errors())
end

local function exports(child)
  child:command('normal! 4G')
  local file = harness.work .. '/outer.dot'
  vim.fn.delete(file)
  child:command('Rutter cfg dot ' .. file)
  check('cfg dot writes a file', child:says('written: ' .. file) and vim.fn.readfile(file)[1] == 'digraph "outer" {', child:messages())
  child:command('Rutter cfg dot ' .. file)
  check('but not over another one', child:says('exists: add ! to overwrite it'), child:messages())
  vim.fn.writefile({ 'other' }, file)
  child:command('Rutter! cfg dot ' .. file)
  check('unless with a bang', harness.await(function() return vim.fn.readfile(file)[1] == 'digraph "outer" {' end), vim.fn.readfile(file))
  child:command('Rutter cfg svg /nowhere/at/all.svg')
  check('a file that cannot be written is told', child:says('cannot write /nowhere/at/all.svg'), child:messages())
  child:command('Rutter cfg mermaid')
  check('without a file it goes to the clipboard', child:await([[return vim.fn.getreg('+'):find('flowchart TD', 1, true) ~= nil]]), child:messages())
  child:command('Rutter cfg png')
  check('a wrong format is told', child:says('there is no format `png`: dot, mermaid, svg'), child:messages())
  child:command('Rutter cfg')
  child:await(view_window)
  child:command('wincmd l')
  child:command('RutterExport svg ' .. harness.work .. '/outer.svg')
  check('the view exports, too', child:says('outer.svg'), child:messages())
  child:type('q')
  child:gone(view_window)
end

local function words(child)
  child:command('Rutter')
  check('`:Rutter` alone says what there is', child:says('say what: callers, cfg, hotspots'), child:messages())
  child:command('Rutter cgf')
  check('a wrong word is told', child:says('there is no `:Rutter cgf`'), child:messages())
  child:command('Rutter why not')
  check('and one too many', child:says('`:Rutter why` does not take `not`'), child:messages())
  local function complete(line) return child:lua([[return vim.fn.getcompletion(..., 'cmdline')]], line) end
  check('subcommands are completed', vim.deep_equal(complete('Rutter c'), { 'callers', 'cfg' }), complete('Rutter c'))
  check('with a bang, too', vim.deep_equal(complete('Rutter! me'), { 'metrics' }), complete('Rutter! me'))
  check('and formats', vim.deep_equal(complete('Rutter cfg '), { 'dot', 'mermaid', 'svg' }), complete('Rutter cfg '))
  check('and files', vim.list_contains(complete('Rutter cfg dot ' .. harness.work .. '/ws/sam'), harness.work .. '/ws/sample.py'),
    complete('Rutter cfg dot ' .. harness.work .. '/ws/sam'))
  check('there are maps to bind keys to, and no keys', child:lua([[
    return vim.fn.maparg('<Plug>(rutter-why)', 'n') ~= '' and #vim.tbl_filter(function(map)
      return (map.rhs or ''):find('Rutter') and not map.lhs:find('Plug')
    end, vim.api.nvim_get_keymap('n')) == 0
  ]]))
  child:command('Rutter status')
  check('status tells of the index', child:says('ws: ready, 1 file, 2 symbols: 1 file indexed'), child:messages())
  child:lua([[vim.lsp.get_clients({ name = 'rutter' })[1]:notify('script/notify', { method = 'window/logMessage', params = { type = 1, message = 'a word from below' } })]])
  harness.await(function()
    child:command('Rutter log')
    local found = child:lua([[
      local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
      vim.cmd.close()
      return text:find('error a word from below', 1, true) ~= nil
    ]])
    return found
  end)
  child:command('Rutter log')
  local log = child:lua([[return { table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'), vim.bo.filetype }]])
  check('log has what the server said', log[1]:find('error a word from below', 1, true) and log[2] == 'rutter-log', log)
  child:type('q')
end

local function statusline(child)
  child:command('normal! 4G')
  check('the statusline says how complex the function at the cursor is', child:await([[
    return require('rutter').status() == 'cyc 4 cog 4'
  ]]), child:lua([[return require('rutter').status()]]))
  child:command('normal! 10G')
  check('of another one after a move', child:lua([[return require('rutter').status()]]) == 'cyc 1 cog 0', child:lua([[return require('rutter').status()]]))
  child:command('normal! 1G')
  check('nothing outside of functions', child:lua([[return require('rutter').status()]]) == '', child:lua([[return require('rutter').status()]]))
  vim.wait(600) -- what was asked for by the edits before has been asked for
  local asked = #harness.heard(child.log, 'rutter/metrics')
  local each = child:lua([[
    local start = vim.uv.hrtime()
    for _ = 1, 1000 do require('rutter').status() end
    return (vim.uv.hrtime() - start) / 1e9
  ]])
  check('it is cheap: below a millisecond each', each < 1, each)
  check('and asks nobody while the text stays', #harness.heard(child.log, 'rutter/metrics') == asked, asked)
  child:lua([[
    vim.o.laststatus = 2
    vim.o.statusline = "%{v:lua.require'rutter'.status()}"
    _G.evaluated = 0
    package.loaded['rutter'].status = (function(inner) return function() _G.evaluated = _G.evaluated + 1 return inner() end end)(require('rutter').status)
    local client = vim.lsp.get_clients({ name = 'rutter' })[1]
    client:notify('script/notify', { method = 'rutter/didChangeStatus', params = { version = '9.9.9', roots = {
      { uri = vim.uri_from_fname(vim.fs.root(0, '.git')), name = 'ws', state = 'indexing', message = 'reading', percentage = 42 } } } })
  ]])
  check('a change of the index is shown', child:await([[return require('rutter').status() == 'rutter 42%']]), child:lua([[return require('rutter').status()]]))
  child:command('normal! 4G')
  child:lua([[vim.lsp.get_clients({ name = 'rutter' })[1]:notify('script/notify', { method = 'rutter/didChangeStatus', params = { version = '9.9.9', roots = {} } })]])
  check('a file outside of a workspace has its numbers, too', child:await([[return require('rutter').status() == 'cyc 4 cog 4']]),
    child:lua([[return require('rutter').status()]]))
  check('and the statusline drawn anew for it', child:await('return _G.evaluated > 2'), child:lua('return _G.evaluated'))
end

harness.run(function()
  local file = harness.file('sample.py', answers.text)
  local script = {
    capabilities = {}, replies = answers.of(vim.uri_from_fname(file)).replies,
  }
  -- A second file, of which a function stands on lines that the first one has none on.
  local other = harness.file('other.py', vim.list_extend(vim.split(('\n'):rep(19), '\n'), { 'def alone(): return 1' }))
  local alone = vim.deepcopy(answers.of(vim.uri_from_fname(other)).inner_graph)
  alone['function'] = vim.tbl_extend('force', alone['function'], { name = 'alone', fqn = 'other.alone' })
  table.insert(script.replies['rutter/controlFlow'].__at, { 18, 30, alone })
  local command, log = harness.scripted(script)
  local child = harness.editor({ rutter = command, before = [[
    vim.g.clipboard = { name = 'test', copy = { ['+'] = function(lines) _G.clip = lines end, ['*'] = function() end },
      paste = { ['+'] = function() return { _G.clip or {}, 'v' } end, ['*'] = function() return { {}, 'v' } end } }
  ]] })
  child.log = log
  check('no module of ours is loaded before there is a server', child:lua([[
    return not vim.iter(pairs(package.loaded)):any(function(name) return vim.startswith(name, 'rutter') end)
  ]]))
  child:command('edit ' .. file)
  check('the server starts by vim.lsp.enable alone', child:await([[return _G.ready('rutter')]]), child:messages())
  words(child)
  lists(child, vim.uri_from_fname(file))
  why(child)
  graph(child)
  orphan(child, other)
  exports(child)
  statusline(child)

  child:command('Rutter restart')
  check('restart starts another server for the same buffer', child:says('restarted') and child:await([[return _G.ready('rutter')]])
    and harness.await(function() return #harness.heard(log, 'initialize') == 2 end), child:messages())
  check('nothing went wrong meanwhile', #child:errors() == 0, child:errors())
end)
