import TestServers
import Testing

/// A case on a server that can do it.
struct MatrixTrial: Sendable, CustomTestStringConvertible {
  let matrixCase: MatrixCase
  let server: TestServer
  let origin: TargetOrigin

  var testDescription: String { "\(matrixCase.name) on \(server)" }

  /// Every case on every server that can do it with such a target.
  static func all(_ origin: TargetOrigin) -> [MatrixTrial] {
    MatrixCase.all.flatMap { each in
      TestServer.all.filter { each.runs(on: $0, target: origin) }
        .map { MatrixTrial(matrixCase: each, server: $0, origin: origin) }
    }
  }

  /// The cases that none of the servers found can do, by what they need.
  static let untried: [(reason: String, names: [String])] = {
    let left = MatrixCase.all.filter { each in
      !TestServer.all.contains { server in
        TargetOrigin.allCases.contains { each.runs(on: server, target: $0) }
      }
    }
    return Dictionary(grouping: left, by: \.needs).map { ($0, $1.map(\.name)) }.sorted { $0.0 < $1.0 }
  }()
}

extension MatrixCase {
  /// What a server must have for the case.
  fileprivate var needs: String {
    let edition = isForEveryEdition ? [] : [Need.community.description]
    let version = versions.lowerBound == .oldest ? [] : ["TimescaleDB \(versions.lowerBound) or later"]
    return "needs " + (edition + version).joined(separator: " and ")
  }
}
