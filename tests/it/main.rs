mod kv;
mod query;
mod samples;
