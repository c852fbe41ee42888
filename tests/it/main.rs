mod cli_commands;
mod index_bad_input;
mod index_runs;
