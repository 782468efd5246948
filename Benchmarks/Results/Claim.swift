/// A number that the program is meant to reach, and what was measured of it.
struct Claim: Codable, Sendable {
  let text: String
  /// Nil when the scenarios it takes were not run, or not by all contestants it takes.
  let measured: Double?
  let isMet: Bool?
  let wanted: String

  init(_ text: String, atLeast bound: Double, _ measured: Double?) {
    self.init(text, measured, "≥ \(Figure.short(bound))") { $0 >= bound }
  }

  init(_ text: String, atMost bound: Double, _ measured: Double?) {
    self.init(text, measured, "≤ \(Figure.short(bound))") { $0 <= bound }
  }

  private init(_ text: String, _ measured: Double?, _ wanted: String, _ test: (Double) -> Bool) {
    self.text = text
    self.measured = measured
    self.wanted = wanted
    isMet = measured.map(test)
  }

  static func table(_ claims: [Claim]) -> Table {
    Table(
      title: "What it must show", header: ["what", "wanted", "measured", ""],
      rows: claims.map { claim in
        [
          claim.text, claim.wanted, claim.measured.map(Figure.short) ?? "not measured",
          claim.isMet.map { $0 ? "met" : "NOT MET" } ?? "",
        ]
      })
  }
}
