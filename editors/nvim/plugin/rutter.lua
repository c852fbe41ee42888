-- What is there from the start: one command, the maps to bind keys to, and an ear for servers that come and go. The rest is loaded
-- when it is needed.
if vim.g.loaded_rutter then
  return
end
vim.g.loaded_rutter = true

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('rutter: Neovim 0.11 or newer is needed', vim.log.levels.WARN)
  return
end

vim.api.nvim_create_user_command('Rutter', function(call) require('rutter.command').run(call) end, {
  nargs = '*',
  bang = true,
  desc = "rutter's views of the code",
  complete = function(...) return require('rutter.command').complete(...) end,
})

for _, name in ipairs({ 'callers', 'cfg', 'hotspots', 'metrics', 'why' }) do
  vim.keymap.set('n', ('<Plug>(rutter-%s)'):format(name), ('<Cmd>Rutter %s<CR>'):format(name), { desc = 'rutter: ' .. name })
end

vim.api.nvim_create_autocmd('LspAttach', {
  group = vim.api.nvim_create_augroup('rutter', {}),
  desc = 'rutter starts to follow the buffers that it is attached to',
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'rutter' then
      require('rutter.attach').start()
    end
  end,
})
