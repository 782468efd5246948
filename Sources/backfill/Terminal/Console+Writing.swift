import Synchronization

extension Console {
  /// Milliseconds that a stream may be blocked before what is for the other one goes first.
  private static let stall: Int32 = 200

  /// Writes what there is.
  func drain() {
    region.withLock { region in
      while let (batch, live, isPatient) = next() {
        switch batch {
        case .message(let message):
          write(region.erasure(columns: columns?()), on: .output, &region, isPatient)
          write(text(of: message), on: .errors, &region, isPatient)
          if !live.isEmpty {
            write(
              region.frame(scrolled: [], live: live, columns: columns?()), on: .output, &region, isPatient)
          }
        case .lines(let lines):
          write(
            region.frame(scrolled: lines, live: live, columns: columns?()), on: .output, &region, isPatient)
        case .errorLines(let lines):
          write(region.erasure(columns: columns?()), on: .output, &region, isPatient)
          write(lines.joined(separator: "\n") + "\n", on: .errors, &region, isPatient)
        case .live:
          write(region.frame(scrolled: [], live: live, columns: columns?()), on: .output, &region, isPatient)
        }
      }
    }
  }

  /// - Returns: also whether there is a thread to wait for readers.
  private func next() -> (Outbox.Batch, live: [String], isPatient: Bool)? {
    state.change { state in
      let batch = state.outbox.next()
      state.isWriting = batch != nil
      return batch.map { ($0, state.outbox.live, state.hasThread) }
    }
  }

  /// Writes piece by piece, each when it will be taken at once.
  private func write(
    _ text: String, on stream: Outbox.Stream, _ region: inout LiveRegion, _ isPatient: Bool
  ) {
    let sink = stream == .output ? output : errors
    for piece in text.pieces() {
      while isPatient, !sink.isReady(within: Self.stall) { overtake(on: stream.other, &region) }
      sink.write(piece)
      state.change { $0.pieces += 1 }
    }
  }

  /// A message isn't kept back by a standard output that nobody reads, nor a result by standard error.
  private func overtake(on stream: Outbox.Stream, _ region: inout LiveRegion) {
    let sink = stream == .output ? output : errors
    while sink.isReady(within: 0), let batch = state.change({ $0.outbox.next(on: stream) }) {
      let text =
        switch batch {
        case .message(let message): text(of: message)
        case .lines(let lines): region.frame(scrolled: lines, live: [], columns: columns?())
        case .errorLines(let lines): lines.joined(separator: "\n") + "\n"
        case .live: ""
        }
      for piece in text.pieces() { sink.write(piece) }
      state.change { $0.pieces += 1 }
    }
  }

  private func text(of message: Message) -> String {
    message.lines(errorStyle).joined(separator: "\n") + "\n"
  }
}

extension String {
  /// The text in pieces that a pipe which can be written to takes whole (PIPE_BUF on Linux).
  fileprivate func pieces(of size: Int = 4096) -> [Substring] {
    var pieces: [Substring] = []
    var rest = self[...]
    while !rest.isEmpty {
      var end = rest.utf8.index(rest.startIndex, offsetBy: size, limitedBy: rest.endIndex) ?? rest.endIndex
      // Not in the middle of a character's bytes.
      while end < rest.endIndex, rest.utf8[end] & 0xC0 == 0x80 { end = rest.utf8.index(before: end) }
      pieces.append(rest[..<end])
      rest = rest[end...]
    }
    return pieces
  }
}
