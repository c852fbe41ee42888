-- Names for colours, each a link to one that every colour scheme has. They are defaults: what a user or a scheme says wins.
local M = {}

local links = {
  RutterWhy = 'DiagnosticVirtualTextInfo',
  RutterWhyWord = 'DiagnosticUnderlineInfo',
  RutterCfgEntry = 'Function',
  RutterCfgExit = 'Function',
  RutterCfgBody = 'Normal',
  RutterCfgCondition = 'Conditional',
  RutterCfgLoop = 'Repeat',
  RutterCfgCase = 'Label',
  RutterCfgHandler = 'Exception',
  RutterCfgFinally = 'Keyword',
  RutterCfgUnreachable = 'DiagnosticUnnecessary',
  RutterCfgEdge = 'NonText',
  RutterCfgEdgeTrue = 'DiagnosticOk',
  RutterCfgEdgeFalse = 'DiagnosticError',
  RutterCfgEdgeBack = 'DiagnosticInfo',
  RutterCfgEdgeException = 'DiagnosticWarn',
  RutterCfgCurrent = 'CurSearch',
  RutterCode = 'Visual',
}

local blocks = {
  entry = 'RutterCfgEntry', exit = 'RutterCfgExit', body = 'RutterCfgBody', condition = 'RutterCfgCondition',
  loop_header = 'RutterCfgLoop', case = 'RutterCfgCase', handler = 'RutterCfgHandler', finally = 'RutterCfgFinally',
  unreachable = 'RutterCfgUnreachable',
}

local edges = {
  ['true'] = 'RutterCfgEdgeTrue', ['false'] = 'RutterCfgEdgeFalse', back = 'RutterCfgEdgeBack', continue = 'RutterCfgEdgeBack',
  exception = 'RutterCfgEdgeException',
}

local defined = false

function M.define()
  if defined then
    return
  end
  defined = true
  local function all()
    for name, link in pairs(links) do
      vim.api.nvim_set_hl(0, name, { link = link, default = true })
    end
  end
  all()
  vim.api.nvim_create_autocmd('ColorScheme', { group = vim.api.nvim_create_augroup('rutter.highlights', {}), callback = all })
end

---@param kind string of a block
function M.block(kind) return blocks[kind] or 'RutterCfgBody' end

---@param kind string of an edge
function M.edge(kind) return edges[kind] or 'RutterCfgEdge' end

return M
