import Foundation

/// A file under /tmp that is removed when its last user lets go of it.
///
/// Children write into files, not pipes: a pipe nobody drains stops the child.
package final class ScratchFile: Sendable {
  package let path: String

  package init() throws {
    var template = Array("/tmp/backfill-test-output-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw HarnessError("cannot create a scratch file: \(String(cString: strerror(errno)))")
    }
    close(descriptor)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    unlink(path)
  }

  /// All that has been written so far.
  package var text: String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
