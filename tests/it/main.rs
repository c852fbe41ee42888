mod kv;
mod kv_clash;
mod kv_format;
mod kv_open;
mod samples;
