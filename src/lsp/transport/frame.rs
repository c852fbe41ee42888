//! Bytes to frames: `Content-Length: N`, an empty line, N bytes. What is none of that is said once and left behind.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// A frame's body may not be larger; it is skipped if it is.
pub(super) const MAX_BODY: u64 = 256 << 20;
/// A length beyond this is no length but noise, and nothing is skipped for it.
const MAX_SKIP: u64 = 4 << 30;
/// Of one header line, and of noise that is looked at in one go.
const MAX_LINE: usize = 8 << 10;
const LENGTH: &[u8] = b"content-length:";

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Body(Vec<u8>),
    /// Why it is none. The reader has gone on to where the next one may begin.
    Malformed(String),
}

#[derive(Debug)]
pub(super) struct FrameReader<R> {
    inner: BufReader<R>,
    /// Noise was reported, and no frame has followed yet.
    lost: bool,
    /// What was read and is to be looked at again: a header behind noise, the end of an overlong line.
    rest: Vec<u8>,
}

#[derive(Debug, Default)]
struct Headers {
    length: Option<u64>,
    charset: Option<String>,
    /// The first thing that is wrong with them.
    fault: Option<String>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub fn new(inner: R) -> Self {
        FrameReader { inner: BufReader::new(inner), lost: false, rest: Vec::new() }
    }

    /// The next frame; `None` at the end of the stream, also where it ends inside a frame.
    pub async fn read(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let Some(headers) = self.headers().await? else { return Ok(None) };
            if let Some(fault) = headers.fault {
                // While the way is lost every line is noise; saying so once is enough.
                if std::mem::replace(&mut self.lost, true) {
                    continue;
                }
                return Ok(Some(Frame::Malformed(fault)));
            }
            let Some(length) = headers.length else { continue };
            self.lost = false;
            if length > MAX_BODY {
                let mut body = (&mut self.inner).take(length);
                tokio::io::copy_buf(&mut body, &mut tokio::io::sink()).await?;
                return Ok(Some(Frame::Malformed(format!("a frame of {length} bytes: the limit is {MAX_BODY}"))));
            }
            let mut body = Vec::with_capacity(length.min(1 << 20) as usize);
            (&mut self.inner).take(length).read_to_end(&mut body).await?;
            if (body.len() as u64) < length {
                return Ok(None);
            }
            if let Some(charset) = headers.charset {
                return Ok(Some(Frame::Malformed(format!("charset `{charset}`: only utf-8 is understood"))));
            }
            return Ok(Some(Frame::Body(body)));
        }
    }

    /// Reads up to the empty line, or up to the first line that is no header.
    async fn headers(&mut self) -> io::Result<Option<Headers>> {
        let mut headers = Headers::default();
        let mut any = false;
        loop {
            let Some(line) = self.line().await? else { return Ok(None) };
            let trimmed = line.trim_ascii();
            if trimmed.is_empty() {
                if !any {
                    continue;
                }
                if headers.length.is_none() && headers.fault.is_none() {
                    headers.fault = Some("a frame without Content-Length".to_owned());
                }
                return Ok(Some(headers));
            }
            any = true;
            if let Some(noise) = find_length(trimmed).filter(|&at| at > 0) {
                // A body longer than its Content-Length said ends where the next header begins, on the same line.
                self.rest = [&trimmed[noise..], b"\n"].concat();
                headers.fault = Some("bytes that belong to no frame".to_owned());
                return Ok(Some(headers));
            }
            if let Err(fault) = headers.take(trimmed) {
                headers.fault = Some(fault);
                return Ok(Some(headers));
            }
        }
    }

    /// A line, or [`MAX_LINE`] bytes of what has no line end.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = std::mem::take(&mut self.rest);
        if !line.ends_with(b"\n") {
            (&mut self.inner).take(MAX_LINE as u64).read_until(b'\n', &mut line).await?;
        }
        if line.len() >= MAX_LINE && !line.ends_with(b"\n") {
            // A header may have been cut in two.
            self.rest = line.split_off(line.len() + 1 - LENGTH.len());
        }
        Ok((!line.is_empty()).then_some(line))
    }
}

impl Headers {
    fn take(&mut self, line: &[u8]) -> Result<(), String> {
        let colon = line.iter().position(|&byte| byte == b':');
        let Some(colon) = colon.filter(|&at| is_token(&line[..at])) else {
            return Err("a line that is no header".to_owned());
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            let digits = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let length = digits.and_then(|text| text.parse().ok()).filter(|&length: &u64| length <= MAX_SKIP);
            let Some(length) = length else {
                return Err(format!("Content-Length `{}` is no length", String::from_utf8_lossy(value)));
            };
            if self.length.replace(length).is_some_and(|earlier| earlier != length) {
                return Err("two Content-Length headers that differ".to_owned());
            }
        } else if name.eq_ignore_ascii_case(b"content-type") {
            let value = String::from_utf8_lossy(value).to_ascii_lowercase();
            let charset = value.split(';').skip(1).find_map(|part| part.trim().strip_prefix("charset="));
            let charset = charset.map(|name| name.trim_matches('"'));
            self.charset = charset.filter(|name| !matches!(*name, "utf-8" | "utf8")).map(str::to_owned);
        }
        Ok(())
    }
}

fn is_token(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn find_length(line: &[u8]) -> Option<usize> {
    line.windows(LENGTH.len()).position(|window| window.eq_ignore_ascii_case(LENGTH))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frames(bytes: &[u8]) -> Vec<Frame> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let mut reader = FrameReader::new(bytes);
            let mut frames = Vec::new();
            while let Some(frame) = reader.read().await.expect("reading from memory") {
                frames.push(frame);
            }
            frames
        })
    }

    fn body(text: &str) -> Frame {
        Frame::Body(text.as_bytes().to_vec())
    }

    #[test]
    fn headers_are_read_as_http_has_them() {
        let bytes = b"content-LENGTH:2\r\nX-Other: 1\r\nContent-Type: a/b; charset=\"UTF-8\"\r\n\r\n{}\r\nContent-Length: 1\n\n1";
        assert_eq!(frames(bytes), [body("{}"), body("1")]);
    }

    #[test]
    fn goes_on_after_whatever_is_wrong() {
        for wrong in [
            "garbage\r\n\r\n",
            "garbage",
            "Content-Length: 5x\r\n\r\nhello",
            "Content-Length: -1\r\n\r\n",
            "Content-Length: 99999999999999999999\r\n\r\n",
            "Content-Length: 1152921504606846976\r\n\r\n{}",
            "Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
            "Content-Type: a/b\r\n\r\n{}",
            "Content-Length: 2\r\nContent-Type: a/b; charset=utf-16\r\n\r\n{}",
            "\u{0}\u{1}: \u{7f}\n\n\n",
        ] {
            let frames = frames(format!("{wrong}Content-Length: 4\r\n\r\nnext").as_bytes());
            assert!(matches!(frames[0], Frame::Malformed(_)), "{wrong:?}: {frames:?}");
            assert_eq!(frames.last(), Some(&body("next")), "{wrong:?}");
            assert_eq!(frames.len(), 2, "{wrong:?} is reported once: {frames:?}");
        }
    }

    #[test]
    fn a_body_longer_than_announced_costs_one_report() {
        let frames = frames(b"Content-Length: 2\r\n\r\n{}trailing}Content-Length: 2\r\n\r\n[]");
        assert!(matches!(&frames[..], [Frame::Body(_), Frame::Malformed(_), Frame::Body(_)]), "{frames:?}");
    }

    #[test]
    fn an_end_inside_a_frame_is_an_end() {
        assert_eq!(frames(b"Content-Length: 10\r\n\r\n{}"), []);
        assert_eq!(frames(b"Content-Le"), [Frame::Malformed("a line that is no header".to_owned())]);
    }

    proptest! {
        #[test]
        fn noise_never_hides_the_next_frame(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
            // What announces a length itself may swallow what follows, as it says it will.
            prop_assume!(find_length(&noise).is_none());
            let mut bytes = noise;
            bytes.extend_from_slice(b"\r\n\r\nContent-Length: 4\r\n\r\nnext");
            let frames = frames(&bytes);
            prop_assert_eq!(frames.last(), Some(&body("next")));
        }

        #[test]
        fn frames_are_found_however_they_are_cut(bodies in proptest::collection::vec(".{0,50}", 0..10)) {
            let bytes: String = bodies.iter().map(|b| format!("Content-Length: {}\r\n\r\n{b}", b.len())).collect();
            let expected: Vec<Frame> = bodies.iter().map(|text| body(text)).collect();
            prop_assert_eq!(frames(bytes.as_bytes()), expected);
        }
    }
}
