mod cli_commands;
mod index_bad_input;
mod index_runs;
mod kv;
mod kv_clash;
mod kv_format;
mod kv_open;
mod samples;
