-- Beside a main server rutter only adds. Which languages have one is found out here, and told to the server: that is one where another
-- client finds definitions. Linters and assistants do not, so they change nothing.
local us = require('rutter.client')

local M = {}

local told = {} ---@type table<integer, table<string, string>> client -> language -> who serves it, as it was said last
local introduced = setmetatable({}, { __mode = 'k' }) ---@type table<vim.lsp.ClientConfig, table<string, string>> as it was said at a start
local pending = false

---The client that serves a buffer's language beside us.
---@param bufnr integer
---@param ignored string[] names of clients that do not count
---@return vim.lsp.Client?
local function main_server(bufnr, ignored)
  for _, client in ipairs(vim.lsp.get_clients({ bufnr = bufnr })) do
    if client.name ~= us.NAME
      and not client:is_stopped()
      and not vim.list_contains(ignored, client.name)
      and client:supports_method('textDocument/definition', bufnr)
    then
      return client
    end
  end
end

-- The language of a buffer as the protocol names it; what a client says of itself counts for all its buffers.
local function language(client, bufnr)
  local filetype = vim.bo[bufnr].filetype
  return client and client.get_language_id(bufnr, filetype) or filetype
end

-- A language without any open buffer stays what it was as long as that server runs: closing the last file must not make a second
-- outline of the next one.
local function alive(name)
  for _, client in ipairs(vim.lsp.get_clients({ name = name })) do
    if not client:is_stopped() then
      return true
    end
  end
  return false
end

---@param client vim.lsp.Client
---@return table<string, string> language -> the name of who serves it
local function served(client)
  local found, open = {}, {}
  local ignored = require('rutter.options').get().ignore
  for bufnr in pairs(client.attached_buffers) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      local name = language(client, bufnr)
      open[name] = true
      local main = main_server(bufnr, ignored)
      if main then
        found[name] = main.name
      end
    end
  end
  for name, who in pairs(told[client.id] or {}) do
    if not open[name] and alive(who) then
      found[name] = who
    end
  end
  return found
end

local function names(languages)
  local list = vim.tbl_keys(languages)
  table.sort(list)
  return list
end

---Says in `initialize` who is there already, so that the server never takes a language that has one. Who is still starting will be told
---of later: until then nobody else can answer, either.
---@param params lsp.InitializeParams
---@param config vim.lsp.ClientConfig
function M.introduce(params, config)
  require('rutter.attach').start()
  local languages = {}
  local ignored = require('rutter.options').get().ignore
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    local name = vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].filetype or ''
    local inside = not config.root_dir or vim.fs.relpath(config.root_dir, vim.api.nvim_buf_get_name(bufnr))
    if inside and vim.list_contains(config.filetypes or { name }, name) then
      local main = main_server(bufnr, ignored)
      languages[name] = main and main.name or languages[name]
    end
  end
  introduced[config] = languages
  params.initializationOptions = vim.tbl_extend('force', params.initializationOptions or {}, { others = names(languages) })
end

---Tells the servers who else is there, where that has changed. What happens in one turn of the editor's loop is told once.
function M.update()
  if pending then
    return
  end
  pending = true
  vim.schedule(function()
    pending = false
    for id in pairs(told) do
      if not vim.lsp.get_client_by_id(id) then
        told[id] = nil
      end
    end
    for _, client in ipairs(us.all()) do
      local now = served(client)
      local before = told[client.id] or introduced[client.config] or {}
      told[client.id] = now
      if not vim.deep_equal(names(before), names(now)) then
        client:notify('rutter/others', { languages = names(now) })
      end
    end
  end)
end

---Who serves a language of a client, if anybody does.
---@param client vim.lsp.Client
---@return table<string, string>
function M.others(client)
  return told[client.id] or {}
end

return M
