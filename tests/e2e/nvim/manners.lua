-- Beside another server: what we tell ours, and that nothing of the other one's gets worse.
local harness = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. '/harness.lua')
local check = harness.check

local text = {
  'def first(a):', '    if a:', '        return second(a)', '    return first(0)', '', 'def second(b):', '    return b', '', 'first(1)',
}
local file = harness.file('one.py', text)
local rust = harness.file('two.rs', { 'fn first() {', '    second();', '}', '', 'fn second() {', '    if true {}', '}' })
local uri = vim.uri_from_fname(file)

local function at(line, from, to) return { start = { line = line, character = from }, ['end'] = { line = line, character = to } } end
local here = { uri = uri, range = at(5, 4, 10) }

-- A main server, with an answer of its own to each question.
local function main(extra)
  return vim.tbl_deep_extend('force', {
    capabilities = {
      hoverProvider = true, definitionProvider = true, declarationProvider = true, typeDefinitionProvider = true,
      implementationProvider = true, referencesProvider = true, documentSymbolProvider = true, workspaceSymbolProvider = true,
      renameProvider = true, codeActionProvider = true, documentHighlightProvider = true, callHierarchyProvider = true,
      foldingRangeProvider = true, selectionRangeProvider = true, codeLensProvider = { resolveProvider = false },
    },
    replies = {
      ['textDocument/hover'] = { contents = { kind = 'markdown', value = 'MAIN def second(b)' } },
      ['textDocument/definition'] = { here }, ['textDocument/declaration'] = { here }, ['textDocument/typeDefinition'] = { here },
      ['textDocument/implementation'] = { here },
      ['textDocument/references'] = { here, { uri = uri, range = at(2, 15, 21) } },
      ['textDocument/documentSymbol'] = { { name = 'main_outline', kind = 12, range = at(0, 0, 3), selectionRange = at(0, 0, 3) } },
      ['workspace/symbol'] = { { name = 'main_symbol', kind = 12, location = here } },
      ['textDocument/rename'] = { changes = { [uri] = { { range = at(5, 4, 10), newText = 'renamed' } } } },
      ['textDocument/codeAction'] = { { title = 'main action', kind = 'quickfix', edit = { changes = { [uri] = { { range = at(4, 0, 0), newText = '#' } } } } } },
      ['textDocument/documentHighlight'] = { { range = at(5, 4, 10) } },
      ['textDocument/prepareCallHierarchy'] = { { name = 'second', kind = 12, uri = uri, range = at(5, 0, 10), selectionRange = at(5, 4, 10) } },
      ['callHierarchy/incomingCalls'] = { {
        from = { name = 'first', kind = 12, uri = uri, range = at(0, 0, 9), selectionRange = at(0, 4, 9) }, fromRanges = { at(2, 15, 21) },
      } },
      ['textDocument/foldingRange'] = { { startLine = 0, endLine = 3 } },
      ['textDocument/selectionRange'] = { { range = at(2, 15, 21) } },
      ['textDocument/codeLens'] = { { range = at(0, 0, 3), command = { title = 'main lens', command = 'main.lens' } } },
    },
  }, extra or {})
end

local function others(log)
  return vim.tbl_map(function(params) return params.languages end, harness.heard(log, 'rutter/others'))
end

-- What is told to our server, which is one by script here and writes it down.
local function told()
  local rutter, log = harness.scripted({})
  local primary, primary_log = harness.scripted(main())
  local linter = harness.scripted({ capabilities = { hoverProvider = true, codeActionProvider = true }, replies = {} })
  local child = harness.editor({ rutter = rutter, enable = false })
  child:command('edit ' .. file)
  child:lua([[_G.primary = _G.start('primary', ...)]], primary)
  child:await([[return _G.ready('primary')]])
  child:lua([[vim.lsp.enable('rutter')]])
  child:await([[return _G.ready('rutter')]])
  local first = harness.heard(log, 'initialize')[1]
  check('who is there already is told at the start', vim.deep_equal(first.initializationOptions, { others = { 'python' } }), first.initializationOptions)
  check('and what we can be asked for', vim.tbl_get(first, 'capabilities', 'experimental', 'rutter', 'status')
    and #first.capabilities.experimental.commands.commands == 3 and first.capabilities.workspace.codeLens.refreshSupport
    and first.capabilities.textDocument.callHierarchy.dynamicRegistration and first.capabilities.workspace.symbol.dynamicRegistration,
    first.capabilities.experimental)
  vim.wait(200)
  check('and not told twice', #others(log) == 0, others(log))
  child:lua([[vim.lsp.get_client_by_id(_G.primary):stop()]])
  check('a main server that goes is told', harness.await(function() return vim.deep_equal(others(log)[1], {}) end), others(log))
  check('as an empty list', table.concat(vim.fn.readfile(log)):find('"languages": []', 1, true), others(log))
  child:lua([[_G.linter = _G.start('linter', ...)]], linter)
  child:await([[return _G.ready('linter')]])
  vim.wait(200)
  check('a linter changes nothing', #others(log) == 1, others(log))
  child:lua([[_G.primary = _G.start('primary', ...)]], primary)
  check('a main server that comes is told', harness.await(function() return vim.deep_equal(others(log)[2], { 'python' }) end), others(log))
  child:command('edit ' .. rust)
  child:await([[return _G.ready('rutter')]])
  vim.wait(200)
  check('of its languages and no others', #others(log) == 2, others(log))
  child:lua([[_G.start('primary', ...)]], primary)
  check('of each language', harness.await(function() return vim.deep_equal(others(log)[3], { 'python', 'rust' }) end), others(log))
  child:command('bdelete two.rs')
  vim.wait(300)
  check('a closed file takes nothing back while its server runs', #others(log) == 3, others(log))
  child:lua([[vim.lsp.get_client_by_id(_G.primary):stop()]])
  check('its end does', harness.await(function() return vim.deep_equal(others(log)[4], {}) end), others(log))

  -- A server that registers what it does later.
  local late = harness.scripted({ replies = main().replies })
  child:command('buffer one.py')
  child:lua([[_G.late = _G.start('late', ...)]], late)
  child:await([[return _G.ready('late')]])
  vim.wait(200)
  check('a server without definitions is none', #others(log) == 4, others(log))
  child:lua([[
    vim.lsp.get_client_by_id(_G.late):notify('script/send', { method = 'client/registerCapability',
      params = { registrations = { { id = 'd', method = 'textDocument/definition', registerOptions = { documentSelector = { { language = 'python' } } } } } } })
  ]])
  check('until it registers them', harness.await(function() return vim.deep_equal(others(log)[5], { 'python' }) end), others(log))
  child:lua([[
    vim.lsp.get_client_by_id(_G.late):notify('script/send', { method = 'client/unregisterCapability',
      params = { unregisterations = { { id = 'd', method = 'textDocument/definition' } } } })
  ]])
  check('and once it takes them back', harness.await(function() return vim.deep_equal(others(log)[6], {}) end), others(log))
  child:lua([[require('rutter').setup({ ignore = { 'primary' } })]])
  child:lua([[_G.start('primary', ...)]], primary)
  harness.await(function() return #harness.heard(primary_log, 'initialized') == 3 end)
  vim.wait(200)
  check('one that the options name does not count', #others(log) == 6, others(log))
  check('nothing went wrong meanwhile', #child:errors() == 0, child:errors())
  child:stop()

  -- A configuration may have a `before_init` of its own, in place of ours.
  local replaced, replaced_log = harness.scripted({})
  child = harness.editor({ rutter = replaced, enable = false })
  child:lua([[vim.lsp.config('rutter', { before_init = function() _G.replaced = true end })]])
  child:command('edit ' .. file)
  child:lua([[_G.start('primary', ...)]], primary)
  child:await([[return _G.ready('primary')]])
  child:lua([[vim.lsp.enable('rutter')]])
  check('without our part in the start it is told a moment later', harness.await(function()
    return vim.deep_equal(others(replaced_log)[1], { 'python' })
  end) and child:lua('return _G.replaced'), others(replaced_log))
  child:stop()
end

-- What a person gets, as words: each is tried with the main server alone, and with ours beside it.
local cases = {
  hover = [[
    vim.api.nvim_win_set_cursor(0, { 3, 16 })
    vim.lsp.buf.hover()
    local window
    vim.wait(3000, function()
      for _, w in ipairs(vim.api.nvim_list_wins()) do
        if vim.api.nvim_win_get_config(w).relative ~= '' then window = w return true end
      end
    end, 2)
    local lines = window and vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false) or {}
    if window then vim.api.nvim_win_close(window, true) end
    return table.concat(lines, '\n')
  ]],
  definition = [[return _G.go('definition')]],
  declaration = [[return _G.go('declaration')]],
  ['type definition'] = [[return _G.go('type_definition')]],
  implementation = [[return _G.go('implementation')]],
  tag = [[
    vim.api.nvim_win_set_cursor(0, { 3, 16 })
    local before = #vim.fn.gettagstack().items
    vim.cmd('normal! \29')
    return { vim.api.nvim_win_get_cursor(0), #vim.fn.gettagstack().items - before }
  ]],
  references = [[
    vim.fn.setqflist({}, 'f')
    vim.api.nvim_win_set_cursor(0, { 3, 16 })
    vim.lsp.buf.references()
    vim.wait(2000, function() return #vim.fn.getqflist() > 0 end, 2)
    vim.wait(100)
    local count = #vim.fn.getqflist()
    vim.cmd('cclose')
    return count
  ]],
  outline = [[
    vim.fn.setloclist(0, {}, 'f')
    local window = vim.api.nvim_get_current_win()
    vim.lsp.buf.document_symbol()
    vim.wait(2000, function() return #vim.fn.getloclist(window) > 0 end, 2)
    vim.wait(100)
    local texts = vim.tbl_map(function(item) return item.text end, vim.fn.getloclist(window))
    vim.cmd('lclose')
    return texts
  ]],
  symbols = [[
    vim.fn.setqflist({}, 'f')
    vim.lsp.buf.workspace_symbol('first')
    vim.wait(2000, function() return #vim.fn.getqflist() > 0 end, 2)
    vim.wait(100)
    local texts = vim.tbl_map(function(item) return item.text end, vim.fn.getqflist())
    vim.cmd('cclose')
    return texts
  ]],
  rename = [[
    vim.api.nvim_win_set_cursor(0, { 6, 5 })
    vim.lsp.buf.rename('renamed')
    vim.wait(2000, function() return vim.fn.getline(6):find('renamed') ~= nil end, 2)
    vim.wait(100)
    local line = vim.fn.getline(6)
    vim.cmd('silent undo')
    return line
  ]],
  action = [[
    local menu
    local select = vim.ui.select
    vim.ui.select = function(items) menu = #items end
    vim.api.nvim_win_set_cursor(0, { 5, 0 })
    vim.lsp.buf.code_action({ apply = true })
    vim.wait(2000, function() return menu or vim.fn.getline(5) == '#' end, 2)
    vim.ui.select = select
    local line = vim.fn.getline(5)
    vim.cmd('silent! undo')
    return { menu or 'none', line }
  ]],
  highlight = [[
    vim.api.nvim_win_set_cursor(0, { 6, 5 })
    vim.lsp.buf.document_highlight()
    vim.wait(200)
    local marks = 0
    for _, namespace in pairs(vim.api.nvim_get_namespaces()) do
      for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
        marks = marks + (tostring(mark[4].hl_group):find('^LspReference') and 1 or 0)
      end
    end
    vim.lsp.buf.clear_references()
    return marks
  ]],
  calls = [[
    vim.fn.setqflist({}, 'f')
    vim.api.nvim_win_set_cursor(0, { 6, 5 })
    local select, menu = vim.ui.select, false
    vim.ui.select = function() menu = true end
    vim.lsp.buf.incoming_calls()
    vim.wait(2000, function() return #vim.fn.getqflist() > 0 or menu end, 2)
    vim.wait(100)
    vim.ui.select = select
    vim.cmd('cclose')
    return { #vim.fn.getqflist(), menu }
  ]],
  folds = [[
    vim.wo.foldexpr = 'v:lua.vim.lsp.foldexpr()'
    vim.wo.foldmethod = 'expr'
    vim.fn.foldlevel(1)
    vim.wait(300)
    vim.cmd('redraw')
    local levels = {}
    for line = 1, vim.fn.line('$') do levels[line] = vim.fn.foldlevel(line) end
    vim.wo.foldmethod = 'manual'
    vim.cmd('normal! zE')
    return levels
  ]],
}

local helpers = [[
  function _G.go(what)
    vim.cmd('buffer one.py')
    vim.api.nvim_win_set_cursor(0, { 3, 16 })
    vim.lsp.buf[what]()
    vim.wait(2000, function() return vim.api.nvim_win_get_cursor(0)[1] ~= 3 or vim.bo.buftype == 'quickfix' end, 2)
    vim.wait(60)
    if vim.bo.buftype == 'quickfix' then
      local count = #vim.fn.getqflist()
      vim.cmd('cclose')
      return 'a list of ' .. count
    end
    return vim.api.nvim_win_get_cursor(0)
  end
]]

local function outcomes(child)
  local found = {}
  for name, code in vim.spairs(cases) do
    found[name] = child:lua(code)
  end
  return found
end

-- How long a hover takes to be shown.
local hover_once = [[
  vim.api.nvim_win_set_cursor(0, { 3, 16 })
  local start = vim.uv.hrtime()
  vim.lsp.buf.hover()
  local window
  vim.wait(3000, function()
    for _, w in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(w).relative ~= '' then window = w return true end
    end
  end, 1)
  local took = (vim.uv.hrtime() - start) / 1e6
  vim.api.nvim_win_close(window, true)
  return took
]]

-- The medians of both, taken in turns, so that what else the machine does counts for both.
local function hover_times(one, other)
  local times = { {}, {} }
  for round = 1, 11 do
    times[1][round] = one:lua(hover_once)
    times[2][round] = other:lua(hover_once)
  end
  table.sort(times[1])
  table.sort(times[2])
  return times[1][6], times[2][6]
end

local full_methods = {
  'textDocument/definition', 'textDocument/declaration', 'textDocument/typeDefinition', 'textDocument/implementation',
  'textDocument/references', 'textDocument/documentSymbol', 'textDocument/documentHighlight', 'textDocument/foldingRange',
  'textDocument/selectionRange', 'textDocument/prepareCallHierarchy', 'textDocument/prepareTypeHierarchy',
  'workspace/symbol',
}
local supports = [[
  local methods, bufnr = ...
  local client = vim.lsp.get_clients({ name = 'rutter', bufnr = bufnr })[1]
  if not client then return nil end
  return vim.tbl_filter(function(method) return client:supports_method(method, bufnr) end, methods)
]]

local function is_full(child, name)
  local bufnr = child:lua('return vim.fn.bufnr(...)', name)
  local found = child:lua(supports, full_methods, bufnr)
  return found ~= vim.NIL and #found == #full_methods, found, bufnr
end
local function becomes(child, name, full)
  return harness.await(function()
    local all, found = is_full(child, name)
    return full and all or not full and found ~= vim.NIL and #found == 0
  end)
end

-- What `:checkhealth rutter` says of the mode of Python.
local function mode_in_health(child)
  child:command('checkhealth rutter')
  local found = child:await([[
    local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
    return vim.bo.filetype == 'checkhealth' and text:match('python: [^\n]*') or nil
  ]])
  child:command('bwipeout')
  child:command('buffer one.py')
  return found
end

local function hover_of_ours(child)
  local found = harness.await(function()
    local shown = child:lua(cases.hover)
    return shown:find('cyclomatic', 1, true) and shown
  end)
  return found
end

-- The real one beside a main server.
local function beside()
  local primary = harness.scripted(main())
  local alone = harness.editor({ enable = false, before = helpers })
  alone:command('edit ' .. file)
  alone:lua([[_G.start('primary', ...)]], primary)
  alone:await([[return _G.ready('primary')]])
  local without = outcomes(alone)
  check('what the main server says is seen at all', vim.deep_equal(without, {
    action = { 'none', '#' }, calls = { 1, false }, definition = { 6, 4 }, declaration = { 6, 4 }, implementation = { 6, 4 },
    ['type definition'] = { 6, 4 }, tag = { { 6, 4 }, 1 }, folds = { 1, 1, 1, 1, 0, 0, 0, 0, 0 }, highlight = 1,
    hover = 'MAIN def second(b)', outline = { '[Function] main_outline' }, references = 2, rename = 'def renamed(b):',
    symbols = { '[Function] main_symbol' },
  }), without)

  local child = harness.editor({ before = helpers })
  child:command('edit ' .. file)
  child:await([[return _G.ready('rutter')]])
  check('where nobody else is, it serves all', becomes(child, 'one.py', true), { is_full(child, 'one.py') })
  local hover = hover_of_ours(child)
  check('and says in a hover what it is', hover and hover:find('def second', 1, true), hover)
  check('and jumps', vim.deep_equal(child:lua([[return _G.go('definition')]]), { 6, 4 }), child:lua([[return _G.go('definition')]]))
  child:lua([[_G.primary = _G.start('primary', ...)]], primary)
  check('a main server takes it over', becomes(child, 'one.py', false), { is_full(child, 'one.py') })
  check('and health says who', mode_in_health(child) == 'python: companion mode, primary serves it', mode_in_health(child))

  local with = outcomes(child)
  for name in vim.spairs(cases) do
    if name ~= 'hover' then
      check(name .. ' is what it is without us', vim.deep_equal(with[name], without[name]), { with = with[name], without = without[name] })
    end
  end
  check('the hover has all of the other one', with.hover:find(without.hover, 1, true), with.hover)
  check('and facts of ours', with.hover:find('cyclomatic', 1, true), with.hover)
  local _, times = with.hover:gsub('def second', '')
  check('but nothing twice', times == 1, with.hover)
  local slow_without, slow_with
  for _ = 1, 3 do
    slow_without, slow_with = hover_times(alone, child)
    if slow_with - slow_without <= 20 then
      break
    end
  end
  check(('a hover takes at most 20 ms more: %.1f ms, %.1f ms without us'):format(slow_with, slow_without), slow_with - slow_without <= 20)
  alone:stop()

  child:command('edit ' .. rust)
  check('another language is served all the same', becomes(child, 'two.rs', true), { is_full(child, 'two.rs') })
  child:command('buffer one.py')
  child:lua([[vim.lsp.get_client_by_id(_G.primary):stop()]])
  check('when the main server goes, all is served again', becomes(child, 'one.py', true), { is_full(child, 'one.py') })
  check('and jumps', vim.deep_equal(child:lua([[return _G.go('definition')]]), { 6, 4 }), child:lua([[return _G.go('definition')]]))
  child:lua([[_G.primary = _G.start('primary', ...)]], primary)
  check('and when it comes again, no more', becomes(child, 'one.py', false), { is_full(child, 'one.py') })
  check('nothing went wrong meanwhile', #child:errors() == 0 and #child:messages('rutter') == 0, { child:errors(), child:messages() })
  child:stop()
end

-- Settings are the user's, and win.
local function settings()
  local primary = harness.scripted(main())
  for _, case in ipairs({
    { config = { init_options = { modes = { python = 'full' } } }, primary = true, full = true,
      health = 'python: full mode, the settings say `full`', what = '`modes` keeps all beside a main server' },
    { config = { settings = { rutter = { mode = 'companion' } } }, primary = false, full = false,
      health = 'python: companion mode, the settings say `companion`', what = '`mode` companion adds only, alone, too' },
  }) do
    local child = harness.editor({ config = case.config })
    child:command('edit ' .. file)
    child:await([[return _G.ready('rutter')]])
    if case.primary then
      child:lua([[_G.start('primary', ...)]], primary)
      child:await([[return _G.ready('primary')]])
    end
    becomes(child, 'one.py', case.full)
    vim.wait(300)
    check(case.what, becomes(child, 'one.py', case.full), { is_full(child, 'one.py') })
    check('and health says why', mode_in_health(child) == case.health, mode_in_health(child))
    child:stop()
  end
end

-- Folds of a server that has taken folding back do not stay, and those of one that registers it late come.
local function folds()
  local folding = { { id = 'f', method = 'textDocument/foldingRange', registerOptions = { documentSelector = { { language = 'python' } } } } }
  local rutter = harness.scripted({ replies = { ['textDocument/foldingRange'] = { { startLine = 5, endLine = 6 } } } })
  local child = harness.editor({ rutter = rutter })
  child:command('edit ' .. file)
  child:await([[return _G.ready('rutter')]])
  child:lua([[
    vim.wo.foldexpr = 'v:lua.vim.lsp.foldexpr()'
    vim.wo.foldmethod = 'expr'
    _G.events = {}
    vim.api.nvim_create_autocmd('User', { pattern = 'RutterRegistered', callback = function(event) table.insert(_G.events, event.data) end })
    vim.lsp.get_clients({ name = 'rutter' })[1]:notify('script/send', { method = 'client/registerCapability', params = { registrations = ... } })
  ]], folding)
  check('folds come with a late registration', child:await([[vim.cmd('redraw') return vim.fn.foldlevel(6) == 1]]), child:lua('return vim.fn.foldlevel(6)'))
  check('of which an event tells', child:await([[return _G.events[1] and _G.events[1].methods[1] == 'textDocument/foldingRange' and _G.events[1].registered]]))
  child:lua([[
    vim.lsp.get_clients({ name = 'rutter' })[1]:notify('script/send', { method = 'client/unregisterCapability',
      params = { unregisterations = { { id = 'f', method = 'textDocument/foldingRange' } } } })
  ]])
  check('and go with it', child:await([[vim.cmd('redraw') return vim.fn.foldlevel(6) == 0]]), child:lua('return vim.fn.foldlevel(6)'))
  child:stop()
end

harness.run(function()
  told()
  folds()
  beside()
  settings()
end)
