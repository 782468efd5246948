import Foundation
import TestServers

/// At once, as a campaign may be watched through a pipe for hours.
func tell(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

do {
  let order = try Order(Array(CommandLine.arguments.dropFirst()))
  let server = try TestServer.one.newest()
  tell("chaos on \(server), seeds from \(order.campaign.firstSeed)")
  let result = try await order.campaign.run(on: server) { tell($0) }
  for (fault, count) in result.faults.sorted(by: { $0.value > $1.value }) { tell("\(count)\t\(fault)") }
  tell("\(result.survived.count) rounds survived, \(result.failed.count) failed")
  for (seed, reason) in result.failed { tell("failed: --seed \(seed) --rounds 1: \(reason.prefix(300))") }
  exit(result.failed.isEmpty ? 0 : 1)
} catch {
  FileHandle.standardError.write(Data("chaos: \(error)\n".utf8))
  exit(2)
}
