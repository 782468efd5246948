import TestServers

/// A row of the target's table: there is one for each hour and device.
struct TamperedRow: Hashable {
  let hour: Int
  let device: Int

  /// Its condition in the chunk of a day of January 2024, and its time.
  func condition(day: Int) -> String { "time = \(time(day: day)) AND device = \(device)" }

  func time(day: Int) -> String { "'\(Self.text(day: day, hour: hour))'::timestamptz" }

  static func text(day: Int, hour: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "2024-01-\(two(day)) \(two(hour)):00:00+00"
  }
}

/// Something done to a chunk of the target, and what verify has to say of it.
struct RowTampering {
  let statements: [String]
  /// Completes "48 rows on ...".
  let told: String

  /// - Parameters:
  ///   - rows: what is in the chunk.
  ///   - day: the chunk's, of January 2024.
  ///   - column: where it is about one.
  static func random(
    of rows: [TamperedRow], day: Int, column: TamperedColumn, using random: inout SeededRandom
  ) -> RowTampering {
    let shuffled = rows.shuffled(using: &random)
    let (row, other) = (shuffled[0], shuffled.first { $0.hour != shuffled[0].hour } ?? shuffled[1])
    let kinds: [(RowTampering.Place) -> RowTampering] = [
      { $0.deleting(row) }, { $0.changing(column, of: row) }, { $0.changing(column, of: row) },
      { $0.removing(column, of: row) }, { $0.exchanging(column, row, other) }, { $0.doubling(row) },
      { $0.adding(row) }, { $0.moving(row, to: other) },
    ]
    let place = Place(day: day, count: rows.count)
    return (kinds.randomElement(using: &random) ?? kinds[0])(place)
  }

  private struct Place {
    let day: Int
    let count: Int

    private var both: String { "\(count) rows on both sides" }

    private func at(_ hours: Int...) -> String {
      let hours = hours.sorted()
      let ends = Set([hours[0], hours[hours.count - 1]]).sorted().map { TamperedRow.text(day: day, hour: $0) }
      return ends.count == 1 ? " at \(ends[0])" : " between \(ends[0]) and \(ends[1])"
    }

    private func counts(_ target: Int, _ hour: Int) -> String {
      "\(count) rows on the source, \(target) on the target; the difference is" + at(hour)
    }

    func deleting(_ row: TamperedRow) -> RowTampering {
      RowTampering(
        statements: ["DELETE FROM tampered WHERE \(row.condition(day: day))"],
        told: counts(count - 1, row.hour))
    }

    func changing(_ column: TamperedColumn, of row: TamperedRow) -> RowTampering {
      RowTampering(
        statements: [
          "UPDATE tampered SET \(column.name) = \(column.change) WHERE \(row.condition(day: day))"
        ],
        told: "\(both); column \"\(column.name)\" differs" + at(row.hour))
    }

    func removing(_ column: TamperedColumn, of row: TamperedRow) -> RowTampering {
      RowTampering(
        statements: ["UPDATE tampered SET \(column.name) = NULL WHERE \(row.condition(day: day))"],
        told: "\(both); column \"\(column.name)\" differs" + at(row.hour))
    }

    func exchanging(_ column: TamperedColumn, _ row: TamperedRow, _ other: TamperedRow) -> RowTampering {
      guard column.isDistinct else { return changing(column, of: row) }
      // The rows' numbers say what the values were.
      func set(_ row: TamperedRow, from other: TamperedRow) -> String {
        let number =
          "\(TamperedGround.number) AS n FROM (SELECT \(other.time(day: day)) AS time, \(other.device) AS device) AS r"
        return """
          UPDATE tampered SET \(column.name) = (SELECT (\(column.value))::\(column.type) FROM (SELECT \(number)) AS r)
          WHERE \(row.condition(day: day))
          """
      }
      return RowTampering(
        statements: [set(row, from: other), set(other, from: row)],
        told: "\(both), each column by itself has equal values but rows combine them differently"
          + at(row.hour, other.hour))
    }

    func doubling(_ row: TamperedRow) -> RowTampering {
      RowTampering(
        statements: ["INSERT INTO tampered SELECT * FROM tampered WHERE \(row.condition(day: day))"],
        told: counts(count + 1, row.hour))
    }

    func adding(_ row: TamperedRow) -> RowTampering {
      RowTampering(
        statements: ["INSERT INTO tampered (time, device) VALUES (\(row.time(day: day)), 77)"],
        told: counts(count + 1, row.hour))
    }

    func moving(_ row: TamperedRow, to other: TamperedRow) -> RowTampering {
      RowTampering(
        statements: [
          "UPDATE tampered SET time = \(other.time(day: day)) WHERE \(row.condition(day: day))"
        ],
        told: "\(both); column \"time\" differs" + at(row.hour, other.hour))
    }
  }
}
