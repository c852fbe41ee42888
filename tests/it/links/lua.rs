//! Modules that are required, and the tables that they give.

use super::Files;

pub const FILES: Files = &[
    (
        "app/init.lua",
        &[
            "",
            r#"local util = require("app.util")
local M = {}
M.__index = M
function M.new() return setmetatable({ count = 0 }, M) end
function M:grow() self.count = util.add(self.count); return self end
return M
"#,
            r#"-- moved
return { util = require "app.util", shape = require("app.shape") }
"#,
            "local M = require('app.shape')\nfunction M.new( return M end\nreturn M\n",
        ],
    ),
    (
        "app/util.lua",
        &[
            "",
            "local U = {}\nfunction U.add(n) return n + 1 end\nU.deep = { value = 1 }\nreturn U\n",
            "local app = require('app')\nlocal function add(n) return app.new():grow() end\nreturn { add = add, deep = app }\n",
            "function add(n) return n end\nreturn add\n",
        ],
    ),
    (
        "app/shape.lua",
        &[
            "",
            "local util = require('app.util')\nlocal S = {}\nS.area = function(self) return util.deep.value end\nfunction S.new() return S end\nreturn S\n",
            "return require('app.util')\n",
        ],
    ),
    ("lua/app/util.lua", &["", "return { add = function(n) return n end }\n"]),
    ("app.lua", &["", "return { new = function() end }\n"]),
    (
        "main.lua",
        &[
            "",
            "local app = require('app')\nlocal one = app.new()\none:grow():grow()\nprint(one.count)\n",
            "local app = require 'app'\napp.shape.area()\napp.util.deep.value = 2\napp.util.add(1)\n",
            "local ok, util = pcall(require, 'app.util')\nutil.add(1)\nadd(2)\nrequire('app.shape').new().area()\n",
        ],
    ),
];
