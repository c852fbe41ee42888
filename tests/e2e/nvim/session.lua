-- What a person at Neovim sees: a hover window, an outline, a search for symbols, and an unsaved buffer that counts.
local harness = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. '/harness.lua')
local project, rutter, editors, check = harness.project, harness.rutter, harness.editors, harness.check
local PATIENCE = harness.PATIENCE
vim.opt.runtimepath:prepend(editors .. '/nvim')

-- Waits until `probe` gives something, and gives it.
local function await(probe)
  local found
  vim.wait(PATIENCE, function() found = probe() return found ~= nil and found ~= false end, 50)
  return found
end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n'), window
    end
  end
end

local messages = {}
vim.notify = function(message) messages[#messages + 1] = message end

local client_id
local function open(path)
  vim.cmd.edit(vim.fn.fnameescape(project .. '/' .. path))
  local buffer = vim.api.nvim_get_current_buf()
  local config = dofile(editors .. '/nvim/lsp/rutter.lua')
  check('our configuration knows the file type of ' .. path, vim.tbl_contains(config.filetypes, vim.bo[buffer].filetype),
    vim.bo[buffer].filetype)
  config = vim.tbl_extend('force', config, { name = 'rutter', cmd = { rutter, 'lsp' }, root_dir = project })
  client_id = vim.lsp.start(config, { bufnr = buffer })
  return buffer
end

local function request(buffer, method, params)
  local replies, problem = vim.lsp.buf_request_sync(buffer, method, params, PATIENCE)
  local reply = replies and replies[client_id]
  if not reply or reply.err then
    return nil, problem or (reply and reply.err)
  end
  return reply.result
end

local function outline(buffer)
  return request(buffer, 'textDocument/documentSymbol', { textDocument = vim.lsp.util.make_text_document_params(buffer) })
end

-- The first symbol of an outline that bears a name, wherever it is nested, and the names around it.
local function find(symbols, name, around)
  for _, symbol in ipairs(symbols or {}) do
    if symbol.name == name then
      return symbol, around
    end
    local found, place = find(symbol.children, name, symbol.name)
    if found then
      return found, place
    end
  end
end

local function search(buffer, query)
  local found = request(buffer, 'workspace/symbol', { query = query })
  return found ~= vim.NIL and found or {}
end

local function named(symbols, name, ending)
  for _, symbol in ipairs(symbols or {}) do
    if symbol.name == name and vim.endswith(symbol.location.uri, ending) then
      return symbol
    end
  end
end

local function cursor_on(pattern, word)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  local line = vim.fn.search(pattern, 'cW')
  assert(line > 0, 'the project has no ' .. pattern)
  vim.fn.search('\\V\\<' .. word .. '\\>', 'cW', line)
end

-- The hover window at the cursor, as text; waits for the index to know the file.
local function hover()
  local text, window = await(function()
    vim.lsp.buf.hover()
    vim.wait(1000, function() return floating_text() ~= nil end, 10)
    return floating_text()
  end), select(2, floating_text())
  if window then vim.api.nvim_win_close(window, true) end
  return text or ''
end

harness.run(function()
  -- A real file of Python.
  local python = open('rich/console.py')
  check('the server starts', await(function()
    local client = vim.lsp.get_client_by_id(client_id)
    return client and client.initialized
  end), messages)
  check('and registers what it serves', await(function()
    local client = vim.lsp.get_client_by_id(client_id)
    return client and client:supports_method('textDocument/documentSymbol', python)
  end), messages)

  local symbols = await(function() local all = outline(python) return all and #all > 0 and all end)
  local class = find(symbols, 'Console')
  check('the outline of Python has the class', class and class.kind == vim.lsp.protocol.SymbolKind.Class, symbols)
  local method, around = find(symbols, 'get_style')
  check('and its method inside of it', method and around == 'Console', around)
  local function whole(list)
    for _, symbol in ipairs(list or {}) do
      local range, name = symbol.range, symbol.selectionRange
      local inside = (range.start.line < name.start.line or (range.start.line == name.start.line and range.start.character <= name.start.character))
        and (range['end'].line > name['end'].line or (range['end'].line == name['end'].line and range['end'].character >= name['end'].character))
      if not inside or not whole(symbol.children) then return false end
    end
    return true
  end
  check('every name lies inside of its definition', whole(symbols), 'a selectionRange outside of its range')

  cursor_on('def get_style(', 'get_style')
  local text = hover()
  check('hover on a Python method says what it is', text:find('get_style', 1, true), text)
  check('and how complex it is', text:lower():find('cyclomatic') and text:lower():find('cognitive'), text)
  check('and has no top-level heading', not text:find('^# ') and not text:find('\n# '), text)
  cursor_on('style = self._theme_stack.get(name)', 'name')
  check('hover inside of a function answers too', #hover() > 0, messages)

  -- A real file of Rust.
  local rust = open('rutter/src/text/source.rs')
  local rust_symbols = await(function() local all = outline(rust) return all and #all > 0 and all end)
  check('the outline of Rust has the struct', find(rust_symbols, 'SourceText'), rust_symbols)
  check('and a method', find(rust_symbols, 'line_range'), rust_symbols)
  cursor_on('pub fn line_range', 'line_range')
  text = hover()
  check('hover on a Rust method says what it is', text:find('fn line_range', 1, true), text)
  check('and shows the doc comment', text:find('without its line end', 1, true), text)

  -- The whole workspace, indexed in the background.
  check('a search finds what no buffer shows', await(function()
    return named(search(rust, 'ProgressBar'), 'ProgressBar', '/rich/progress_bar.py')
  end), search(rust, 'ProgressBar'))
  check('in either language', await(function()
    return named(search(python, 'LineIndex'), 'LineIndex', '/rutter/src/text/lines.rs')
  end), search(python, 'LineIndex'))
  local fuzzy = search(python, 'progbar')
  check('a search is fuzzy', named(fuzzy, 'ProgressBar', '/rich/progress_bar.py'), fuzzy)
  check('and finds nothing where nothing is', #search(python, 'qqqzzzxxxwww') == 0, search(python, 'qqqzzzxxxwww'))

  -- Typing, unsaved.
  vim.api.nvim_set_current_buf(python)
  vim.api.nvim_buf_set_lines(python, 0, 0, false, { 'def freshly_typed(ä, b):', '    if ä:', '        return b', '' })
  local after = outline(python)
  local typed = find(after, 'freshly_typed')
  check('an unsaved definition is in the outline', typed and typed.range.start.line == 0, after and after[1])
  local moved = find(after, 'get_style')
  check('what stands below has moved by four lines', method and moved and moved.range.start.line == method.range.start.line + 4,
    { before = method and method.range, after = moved and moved.range })
  check('a search finds it', await(function() return named(search(python, 'freshly_typed'), 'freshly_typed', '/rich/console.py') end),
    search(python, 'freshly_typed'))
  cursor_on('def freshly_typed', 'freshly_typed')
  text = hover()
  check('hover on it answers', text:find('freshly_typed', 1, true), text)

  -- Ten edits in a row, then the outline of the last state.
  for n = 1, 10 do
    vim.api.nvim_buf_set_text(python, 0, 4, 0, 4 + (n == 1 and #'freshly_typed' or #('name_' .. n - 1)), { 'name_' .. n })
  end
  after = outline(python)
  check('after ten edits the outline is of the tenth', find(after, 'name_10') and not find(after, 'name_9'), after and after[1])

  -- Undo all of it, in the editor's own way, then type again and leave.
  vim.cmd('silent undo')
  vim.api.nvim_buf_set_lines(python, 0, 0, false, { 'def never_saved(): pass' })
  check('typed again: it is there', find(outline(python), 'never_saved'), outline(python))
  vim.api.nvim_buf_delete(python, { force = true })
  vim.api.nvim_set_current_buf(rust)
  check('closed without saving: the disk counts again', await(function()
    return not named(search(rust, 'never_saved'), 'never_saved', '/rich/console.py')
      and named(search(rust, 'get_style'), 'get_style', '/rich/console.py')
  end), search(rust, 'never_saved'))

  -- Saved.
  vim.api.nvim_buf_set_lines(rust, -1, -1, false, { '', 'pub fn saved_for_good() {}' })
  vim.cmd('silent write')
  vim.api.nvim_buf_delete(rust, { force = true })
  python = open('rich/console.py')
  check('saved and closed: the search still has it', await(function()
    return named(search(python, 'saved_for_good'), 'saved_for_good', '/rutter/src/text/source.rs')
  end), search(python, 'saved_for_good'))

  -- The end.
  local code
  local client = assert(vim.lsp.get_client_by_id(client_id))
  vim.api.nvim_create_autocmd('LspDetach', { callback = function() code = code or 'detached' end })
  client:stop()
  check('the server ends when it is asked to', vim.wait(10000, function() return client:is_stopped() end, 20), 'still there after 10 s')
  check('and the editor had nothing to complain of', #messages == 0, messages)
end)
