-- What other parts of a configuration may call. Nothing here has to be called: `vim.lsp.enable('rutter')` is enough.
local M = {}

---Sets options, see |rutter-options|; `vim.g.rutter` does the same without loading anything.
---@param options? rutter.Options
function M.setup(options)
  require('rutter.options').set(options)
end

---A short text for a statusline: how far the index is, and how complex the function under the cursor is. Never waits; empty where
---there is nothing to say.
---@return string
function M.status()
  return require('rutter.status').text()
end

---Opens the control-flow graph of the function at the cursor, or shows it in the view that is open.
function M.cfg()
  require('rutter.cfg').open()
end

---Writes the control-flow graph of the function at the cursor as a text.
---@param format 'dot'|'mermaid'|'svg'
---@param file? string where to; without it into the clipboard or, where there is none, a scratch buffer
---@param overwrite? boolean a file that is there already
function M.export(format, file, overwrite)
  require('rutter.export').run(format, file, overwrite)
end

---Shows the lines that make the function at the cursor complex, or hides them again.
function M.why()
  require('rutter.why').toggle()
end

---Lists the functions of this buffer.
---@param picker? boolean in a picker instead of the quickfix list
function M.metrics(picker)
  require('rutter.reports').metrics(picker)
end

---Lists the functions of the workspace that are hard to understand and often touched.
---@param picker? boolean in a picker instead of the quickfix list
function M.hotspots(picker)
  require('rutter.reports').hotspots(picker)
end

---Lists the calls of the function at the cursor.
---@param picker? boolean in a picker instead of the quickfix list
function M.callers(picker)
  require('rutter.reports').callers(picker)
end

---Shows or hides code lenses from now on; without an argument the other one of both.
---@param shown? boolean
function M.lens(shown)
  require('rutter.lenses').enable(shown)
end

---Stops the server and starts it again for the same buffers.
function M.restart()
  require('rutter.restart').run()
end

return M
