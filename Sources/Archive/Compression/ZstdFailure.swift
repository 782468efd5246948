internal import CZstd

/// The library's own word for what went wrong.
struct ZstdFailure: Error {
  let reason: String

  /// - Parameter code: what its functions return.
  init(code: Int) { reason = String(cString: ZSTD_getErrorName(code)) }
}
