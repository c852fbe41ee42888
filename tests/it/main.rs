mod fixtures;
mod kv;
mod samples;
