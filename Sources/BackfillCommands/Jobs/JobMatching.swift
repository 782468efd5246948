import ChunkCatalog
import TimescaleDB

/// Why a recorded job can't be told among those that there are.
public enum JobLoss: Sendable, Equatable {
  case gone
  /// These run the same on the same relation, with another configuration.
  case changed(jobs: [Int64])
  /// Several are what was recorded, or several records are the same.
  case ambiguous(jobs: [Int64])
}

/// Which job each record is of. By number, where the job of that number is still the same; otherwise by what the job is, as
/// numbers are others where a schema was made anew.
struct JobMatching {
  /// By the records' keys.
  private(set) var jobs: [Int64: BackgroundJob] = [:]
  private(set) var losses: [Int64: JobLoss] = [:]

  init(_ records: [RecordedJob], _ found: [BackgroundJob]) {
    let byNumber = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var free = Set(byNumber.keys)
    for record in records {
      guard let job = byNumber[record.job], job.identity == record.identity, free.remove(job.id) != nil else {
        continue
      }
      jobs[record.key] = job
    }
    let rest = found.filter { free.contains($0.id) }
    for (identity, same) in Dictionary(grouping: records.filter { jobs[$0.key] == nil }, by: \.identity) {
      let candidates = rest.filter { $0.identity == identity }
      if same.count == 1, candidates.count == 1 {
        jobs[same[0].key] = candidates[0]
      } else {
        let loss = Self.loss(of: identity, candidates, among: rest)
        for record in same { losses[record.key] = loss }
      }
    }
  }

  private static func loss(
    of identity: JobIdentity, _ candidates: [BackgroundJob], among jobs: [BackgroundJob]
  ) -> JobLoss {
    guard candidates.isEmpty else { return .ambiguous(jobs: candidates.map(\.id)) }
    let similar = jobs.filter {
      $0.identity.procedure == identity.procedure && $0.identity.relation == identity.relation
    }
    return similar.isEmpty ? .gone : .changed(jobs: similar.map(\.id))
  }
}
