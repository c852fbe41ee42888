mod fixtures;
mod kv;
mod samples;
mod index_bad_input;
mod index_runs;
