import Glibc

/// The terminal that standard output goes to.
enum Terminal {
  /// `nil`: there is none.
  static var columns: Int? {
    var size = winsize()
    // Invariant: the structure is the one that TIOCGWINSZ fills, and lives through the call.
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
