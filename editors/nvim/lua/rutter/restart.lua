-- Stops our servers and starts them again, for the same buffers and with the configuration as it is now.
local us = require('rutter.client')

local M = {}

local PATIENCE = 3000 -- milliseconds for a server to end by itself

local function start(config, bufnr)
  if vim.api.nvim_buf_is_loaded(bufnr) then
    vim.lsp.start(config, { bufnr = bufnr })
  end
end

-- What was started by `vim.lsp.enable` is started by it again; what by `vim.lsp.start`, by that.
local function again(enabled, stopped)
  if enabled then
    vim.lsp.enable(us.NAME)
    return
  end
  for _, entry in ipairs(stopped) do
    for _, bufnr in ipairs(entry.buffers) do
      start(entry.config, bufnr)
    end
  end
end

function M.run()
  local enabled = us.enabled()
  local clients = vim.lsp.get_clients({ name = us.NAME, _uninitialized = true })
  if not enabled and #clients == 0 then
    us.say(us.absence(), vim.log.levels.WARN)
    return
  end
  local stopped = {}
  for _, client in ipairs(clients) do
    stopped[#stopped + 1] = { config = client.config, buffers = vim.tbl_keys(client.attached_buffers) }
  end
  if enabled then
    vim.lsp.enable(us.NAME, false)
  end
  for _, client in ipairs(clients) do
    client:stop()
  end
  local waited, timer = 0, assert(vim.uv.new_timer())
  timer:start(20, 50, vim.schedule_wrap(function()
    if timer:is_closing() then
      return
    end
    waited = waited + 50
    local left = vim.tbl_filter(function(client) return vim.lsp.get_client_by_id(client.id) ~= nil end, clients)
    if #left > 0 and waited < PATIENCE then
      return
    elseif #left > 0 and waited < 2 * PATIENCE then
      for _, client in ipairs(left) do
        client.rpc.terminate()
      end
      return
    end
    timer:close()
    again(enabled, stopped)
    us.say('restarted')
  end))
end

return M
