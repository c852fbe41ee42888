pub fn in_the_second_folder(n: u32) -> u32 {
    n + 1
}
