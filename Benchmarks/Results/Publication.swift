import Foundation

/// The JSON file: what was measured, and what follows from it.
struct Publication: Encodable {
  let report: Report
  let perChunk: [PerChunk]
  let claims: [Claim]

  init(_ report: Report) {
    self.report = report
    perChunk = PerChunk.all(in: report)
    claims = Claim.all(report)
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }
}
