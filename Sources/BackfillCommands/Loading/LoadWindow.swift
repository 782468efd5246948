import Postgres
import TimescaleDB

/// The window of a load, as its hypertable's time has it.
struct LoadWindow: Sendable {
  let range: Dimension.Range
  let condition: SQL
  let notes: [TimeFinding]

  /// - Returns: nil where no window is asked for.
  /// - Throws: `CommandFailure`; `PostgresError`.
  static func find(
    _ options: LoadOptions, _ table: LoadTable, on session: borrowing Connection
  ) throws -> LoadWindow? {
    guard options.until != nil || options.from != nil else { return nil }
    guard let time = table.time else { throw CommandFailure.failed(.load(.table(.noTime(table.name)))) }
    guard let type = time.timeType else {
      throw CommandFailure.failed(.load(.table(.incomparableTime(table.name, type: time.type))))
    }
    let upper = try read(.until, options.until, type, on: session)
    let lower = try read(.from, options.from, type, on: session)
    let range = Dimension.Range(lower: lower?.value ?? .min, upper: upper?.value ?? .max)
    guard range.lower < range.upper else { throw CommandFailure.usage(.time(.reversed(same: nil))) }
    guard case .condition(let condition) = time.predicate(range) else {
      // A bound that all values of the type are on the same side of.
      throw CommandFailure.failed(.load(.table(.incomparableTime(table.name, type: time.type))))
    }
    let notes = [(WindowOption.from, options.from, lower), (.until, options.until, upper)].compactMap {
      option, text, reading -> TimeFinding? in
      guard let text, let reading, type != .timestamptz else { return nil }
      return .read(option, text, reading.told(type))
    }
    return LoadWindow(range: range, condition: condition, notes: notes)
  }

  private static func read(
    _ option: WindowOption, _ text: String?, _ type: TimeType, on session: borrowing Connection
  ) throws -> Reading? {
    guard let text else { return nil }
    try RelativeTime.refuse(text, option: option)
    guard let reading = try Reading(text, as: type, on: session) else {
      throw CommandFailure.usage(.time(.unreadable(option, text)))
    }
    return reading
  }
}
