import CMalloc

/// How the C library's allocator keeps what was freed.
enum Allocator {
  /// Gives large blocks back to the system when they are freed.
  ///
  /// Left alone, glibc keeps blocks of up to 32 MiB once it has seen one freed, in each of its arenas: a few large requests would stay resident for ever.
  static func returnLargeBlocks() {
    mallopt(M_MMAP_THRESHOLD, 1 << 20)
    mallopt(M_TRIM_THRESHOLD, 4 << 20)
  }
}
