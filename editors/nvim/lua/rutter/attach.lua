-- What happens as servers come and go, ours and others. Started with our first client: an editor without one has no part in it.
local api = vim.api
local us = require('rutter.client')

local M = {}

local started = false

-- The search for symbols is registered for a workspace, and no client can take it back for the files of one language. Neovim asks all
-- clients of the current buffer that have it and shows the answer that comes last; so it is given the languages that definitions have.
local function narrow_symbols(client)
  local registrations = client.registrations or {}
  local definition = (registrations['textDocument/definition'] or {})[1]
  for _, registration in ipairs(registrations['workspace/symbol'] or {}) do
    registration.registerOptions = vim.tbl_extend('force', registration.registerOptions or {}, {
      documentSelector = vim.tbl_get(definition or {}, 'registerOptions', 'documentSelector') or {},
    })
  end
end

-- Other servers, too, may register what they do a while after they have come, and Neovim has no event for that: its handlers are
-- wrapped, each calling the one that was there before.
local function hear_registrations()
  for _, method in ipairs({ 'client/registerCapability', 'client/unregisterCapability' }) do
    local handle = vim.lsp.handlers[method]
    vim.lsp.handlers[method] = function(err, params, context, ...)
      vim.schedule(function()
        M.registered(context.client_id, params, method == 'client/registerCapability')
      end)
      local result, problem = handle(err, params, context, ...)
      local client = vim.lsp.get_client_by_id(context.client_id)
      if client and client.name == us.NAME then
        narrow_symbols(client)
      end
      return result, problem
    end
  end
end

-- Neovim 0.11 asks for folds when a client attaches and after edits, and forgets them when it detaches. A server that registers
-- folding later, or takes it back, is one more reason for each.
local FOLDS = 'nvim.lsp.folding_range.setup'
local function renew_folds(client, registered)
  if vim.fn.exists('#' .. FOLDS) == 0 then
    return
  end
  for bufnr in pairs(client.attached_buffers) do
    if api.nvim_buf_is_loaded(bufnr) and #api.nvim_get_autocmds({ group = FOLDS, buffer = bufnr }) > 0 then
      local supported = client:supports_method('textDocument/foldingRange', bufnr)
      if registered and supported or not registered and not supported then
        api.nvim_exec_autocmds(registered and 'LspAttach' or 'LspDetach', {
          group = FOLDS, buffer = bufnr, modeline = false, data = { client_id = client.id },
        })
      end
    end
  end
end

---A client's server has registered something, or taken it back.
---@param client_id integer
---@param params { registrations?: lsp.Registration[], unregisterations?: lsp.Unregistration[] }
---@param registered boolean
function M.registered(client_id, params, registered)
  local client = vim.lsp.get_client_by_id(client_id)
  if not client or client:is_stopped() then
    return
  end
  if client.name ~= us.NAME then
    return require('rutter.manners').update()
  end
  local methods = {}
  for _, entry in ipairs(params.registrations or params.unregisterations or {}) do
    methods[entry.method] = true
  end
  if methods['textDocument/foldingRange'] then
    renew_folds(client, registered)
  end
  if registered and methods['textDocument/codeLens'] then
    for bufnr in pairs(client.attached_buffers) do
      require('rutter.lenses').refresh(bufnr)
    end
  end
  api.nvim_exec_autocmds('User', {
    pattern = 'RutterRegistered', modeline = false,
    data = { client_id = client_id, methods = vim.tbl_keys(methods), registered = registered },
  })
end

local function attached(client, bufnr)
  require('rutter.lenses').attach(client, bufnr)
end

function M.start()
  if started then
    return
  end
  started = true
  local group = api.nvim_create_augroup('rutter.attach', {})
  api.nvim_create_autocmd('LspAttach', {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == us.NAME then
        attached(client, event.buf)
      end
      require('rutter.manners').update()
    end,
  })
  api.nvim_create_autocmd('LspDetach', {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == us.NAME then
        require('rutter.lenses').detach(client.id, event.buf)
        require('rutter.why').clear(event.buf)
      end
      require('rutter.manners').update()
    end,
  })
  -- A client with handlers of its own for registrations does not pass by ours.
  api.nvim_create_autocmd('BufEnter', { group = group, callback = function() require('rutter.manners').update() end })
  hear_registrations()
  require('rutter.lenses').start()
  for _, client in ipairs(us.all()) do
    for bufnr in pairs(client.attached_buffers) do
      attached(client, bufnr)
    end
  end
  require('rutter.manners').update()
end

return M
