import TestServers

/// The matrix as people read it: printed when the last case has been looked at.
actor PrintedMatrix {
  static let shared = PrintedMatrix()

  private struct Place: Hashable {
    let name: String
    let server: TestServer
    let origin: TargetOrigin
  }

  private var marks: [Place: String] = [:]

  func note(_ mark: String, _ name: String, server: TestServer, origin: TargetOrigin) {
    marks[Place(name: name, server: server, origin: origin)] = mark
    if marks.count == TargetOrigin.allCases.map({ MatrixTrial.all($0).count }).reduce(0, +) { print(text) }
  }

  private var text: String {
    let servers = TestServer.all
    let width = 3 + (MatrixCase.all.map(\.name.count).max() ?? 0)
    let head =
      Self.padded("", width)
      + servers.map { Self.padded("\($0.timescaleVersion)\($0.isCommunity ? "" : " A")", 12) }.joined()
    let lines = MatrixCase.all.map { each in
      Self.padded(each.name, width)
        + servers.map { server in
          let both = TargetOrigin.allCases.map {
            marks[Place(name: each.name, server: server, origin: $0)] ?? "-"
          }
          return Self.padded(both.joined(separator: " "), 12)
        }.joined()
    }
    return """

      Each case on each version: its target restored from a dump, by a role with privileges; then its target made by
      hand, by the ordinary owner (-: not for this one; log: all there, but aggregates are told of it, which that
      owner can't prevent before 2.28 and which changes nothing in them; A: the Apache edition):

      \(head)
      \(lines.joined(separator: "\n"))

      """
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
