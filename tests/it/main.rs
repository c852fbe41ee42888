mod kv;
mod samples;
