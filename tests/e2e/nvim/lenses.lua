-- Code lenses: ours are shown without being asked for, their texts only where they are seen, and those of others are left alone.
local harness = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. '/harness.lua')
local answers = dofile(harness.here .. '/answers.lua')
local check = harness.check

-- The texts that are drawn, by line, of a client.
local drawn = [[
  local client = vim.lsp.get_clients({ name = ... })[1]
  local texts = {}
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace('nvim.lsp.codelens:' .. client.id), 0, -1, { details = true })) do
    local words = {}
    for _, chunk in ipairs(mark[4].virt_text or {}) do words[#words + 1] = chunk[1] end
    texts[#texts + 1] = mark[2] .. ' ' .. table.concat(words)
  end
  return texts
]]

local function lens(line, command, title, uri, data)
  return {
    range = { start = { line = line, character = 4 }, ['end'] = { line = line, character = 9 } }, data = data,
    command = title and { title = title, command = command, arguments = { uri, { line = line, character = 4 } } } or nil,
  }
end

harness.run(function()
  local long = vim.list_extend({}, answers.text)
  for line = #long, 400 do
    long[line] = 'x = ' .. line
  end
  local file = harness.file('sample.py', long)
  local uri = vim.uri_from_fname(file)
  local known = answers.of(uri)
  local replies = vim.tbl_extend('force', known.replies, {
    ['textDocument/codeLens'] = { lens(2, nil, nil, uri, 1), lens(9, nil, nil, uri, 2), lens(390, nil, nil, uri, 3) },
    ['codeLens/resolve'] = lens(2, 'rutter.showWhy', 'cognitive 18 (+5)', uri),
  })
  local rutter, log = harness.scripted({ capabilities = { codeLensProvider = { resolveProvider = true } }, replies = replies })
  local other, other_log = harness.scripted({
    capabilities = { codeLensProvider = { resolveProvider = false } },
    replies = { ['textDocument/codeLens'] = { lens(0, 'other.lens', 'of another', uri) } },
  })
  local child = harness.editor({ rutter = rutter })
  child:command('edit ' .. file)
  child:await([[return _G.ready('rutter')]])
  child:lua([[_G.other = _G.start('other', ...)]], other)
  child:await([[return _G.ready('other')]])

  local function ours() return child:lua(drawn, 'rutter') end
  harness.await(function() return #ours() == 2 end)
  check('lenses are shown without being asked for', vim.deep_equal(ours(), { '2 cognitive 18 (+5)', '9 cognitive 18 (+5)' }), ours())
  check('only what is seen is asked for its text', #harness.heard(log, 'codeLens/resolve') == 2, #harness.heard(log, 'codeLens/resolve'))
  child:type('G')
  check('and the rest when it is scrolled to', harness.await(function() return #ours() == 3 end), ours())
  child:type('gg')
  vim.wait(500)
  check("another server's lenses are not asked for", #harness.heard(other_log, 'textDocument/codeLens') == 0, harness.heard(other_log, 'textDocument/codeLens'))

  -- What the user asks for all servers stays as it was, and does not draw ours twice.
  child:lua([[vim.lsp.codelens.refresh({ bufnr = 0 })]])
  harness.await(function() return #child:lua(drawn, 'other') == 1 end)
  check("the user's own refresh shows both", vim.deep_equal(child:lua(drawn, 'other'), { '0 of another' }), child:lua(drawn, 'other'))
  vim.wait(300)
  check('and ours once', #ours() == 3 and not vim.iter(ours()):any(function(text) return text:find('Unresolved') end), ours())

  -- Causes to ask again.
  local function asked() return #harness.heard(log, 'textDocument/codeLens') end
  local before = asked()
  child:lua([[vim.lsp.get_clients({ name = 'rutter' })[1]:notify('script/send', { method = 'workspace/codeLens/refresh' })]])
  check('the server may have them asked for again', harness.await(function() return asked() > before end), asked())
  vim.wait(300)
  before = asked()
  child:lua([[for _ = 1, 20 do vim.lsp.get_clients({ name = 'rutter' })[1]:notify('script/send', { method = 'workspace/codeLens/refresh' }) end]])
  harness.await(function() return asked() > before end)
  vim.wait(400)
  check('twenty times at once is once', asked() <= before + 2, asked() - before)
  before = asked()
  child:type('Gox = 1')
  vim.wait(400)
  check('typing does not ask', asked() == before, asked() - before)
  child:type('<Esc>')
  check('leaving insert mode does', harness.await(function() return asked() > before end), asked())
  child:type('u')
  vim.wait(400)
  before = asked()
  child:command('silent write')
  check('so does saving', harness.await(function() return asked() > before end), asked())
  check("and another server's are still there", vim.deep_equal(child:lua(drawn, 'other'), { '0 of another' }), child:lua(drawn, 'other'))

  -- Running them.
  child:type('gg3G')
  harness.await(function() return #ours() >= 2 end)
  child:lua([[vim.lsp.codelens.run()]])
  check('running one shows why', child:await([[
    local space = vim.api.nvim_get_namespaces()['rutter.why']
    return space and #vim.api.nvim_buf_get_extmarks(0, space, 0, -1, {}) > 0
  ]]))
  check('and the lens stays', harness.await(function() return vim.list_contains(ours(), '2 cognitive 18 (+5)') end), ours())
  child:lua([[
    local uri = vim.uri_from_bufnr(0)
    local client = vim.lsp.get_clients({ name = 'rutter' })[1]
    client:exec_cmd({ title = 'callers', command = 'rutter.showCallers', arguments = { uri, { line = 2, character = 4 } } }, { bufnr = 0 })
  ]])
  check('callers are listed', child:await([[return vim.fn.getqflist({ title = 1 }).title == 'Callers of outer']]))
  child:command('cclose')
  child:lua([[
    local uri = vim.uri_from_bufnr(0)
    local client = vim.lsp.get_clients({ name = 'rutter' })[1]
    client:exec_cmd({ title = 'graph', command = 'rutter.showControlFlow', arguments = { uri, { line = 9, character = 4 } } }, { bufnr = 0 })
  ]])
  check('the graph is of the function of the lens, not of the cursor', child:await([[
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.b[vim.api.nvim_win_get_buf(window)].rutter_function == 'sample.inner' then return true end
    end
  ]]))
  child:lua([[require('rutter.cfg').close()]])
  child:lua([[
    local client = vim.lsp.get_clients({ name = 'rutter' })[1]
    client:exec_cmd({ title = 'none', command = 'rutter.showWhy' }, { bufnr = 0 })
  ]])
  check('a command without arguments is told', child:says('the command rutter.showWhy lacks its arguments'), child:messages())

  -- Off and on.
  child:command('Rutter lens')
  check('they are switched off', harness.await(function() return #ours() == 0 end), ours())
  before = asked()
  child:command('doautocmd BufEnter')
  vim.wait(400)
  check('and not asked for any more', asked() == before, asked() - before)
  child:command('Rutter lens')
  check('and on', harness.await(function() return #ours() >= 2 end), ours())
  check('none of the other one was touched', vim.deep_equal(child:lua(drawn, 'other'), { '0 of another' }), child:lua(drawn, 'other'))
  child:lua([[_G.id = vim.lsp.get_clients({ name = 'rutter' })[1].id vim.lsp.enable('rutter', false)]])
  check('they go with their server', child:await([[
    return #vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace('nvim.lsp.codelens:' .. _G.id), 0, -1, {}) == 0
  ]]))
  check('nothing went wrong meanwhile', #child:errors() == 0, child:errors())
  child:stop()

  -- One option switches them off from the start.
  local quiet, quiet_log = harness.scripted({ capabilities = { codeLensProvider = { resolveProvider = true } }, replies = replies })
  child = harness.editor({ rutter = quiet, global = { lens = false } })
  child:command('edit ' .. file)
  child:await([[return _G.ready('rutter')]])
  vim.wait(500)
  check('an option keeps them from the start', #harness.heard(quiet_log, 'textDocument/codeLens') == 0, harness.heard(quiet_log, 'textDocument/codeLens'))
  child:stop()

  -- Neovim 0.12 has a provider for one client; a stand-in for it says that it is used, and nothing else.
  local newer, newer_log = harness.scripted({ capabilities = { codeLensProvider = { resolveProvider = true } }, replies = replies })
  child = harness.editor({ rutter = newer, before = [[
    local has = vim.fn.has
    vim.fn.has = function(feature) return feature == 'nvim-0.12' and 1 or has(feature) end
    _G.enabled = {}
    vim.lsp.codelens.enable = function(shown, filter) table.insert(_G.enabled, { shown = shown, filter = filter }) end
    vim.lsp.codelens.refresh = function() error('deprecated') end
    vim.lsp.codelens.save = function() error('deprecated') end
    vim.lsp.handlers['workspace/codeLens/refresh'] = function() _G.refreshed = true return vim.NIL end
  ]] })
  child:command('edit ' .. file)
  child:await([[return _G.ready('rutter')]])
  local enabled = child:await([[return _G.enabled[1] and { _G.enabled[1], vim.lsp.get_clients({ name = 'rutter' })[1].id } or nil]])
  check('Neovim 0.12 shows ours itself', enabled and enabled[1].shown and enabled[1].filter.client_id == enabled[2], enabled)
  child:lua([[vim.lsp.get_clients({ name = 'rutter' })[1]:notify('script/send', { method = 'workspace/codeLens/refresh' })]])
  check('and follows the server', child:await([[return _G.refreshed]]))
  child:type('ix<Esc>u')
  vim.wait(400)
  check('and we ask for none', #harness.heard(newer_log, 'textDocument/codeLens') == 0, harness.heard(newer_log, 'textDocument/codeLens'))
  child:command('Rutter lens')
  check('and are switched off there', child:await([[return _G.enabled[#_G.enabled].shown == false]]))
  check('nothing went wrong', #child:errors() == 0, child:errors())
  child:stop()
end)
