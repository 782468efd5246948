import ChunkCatalog
import Postgres

extension TaskFailure {
  var words: Words {
    switch self {
    case .server(let error): Words(error.text, hint: error.advice)
    case .chunk(let problem): problem.words
    case .copying(let problem): problem.words
    case .archive(let fault): fault.words
    }
  }
}

extension TaskRemark {
  var text: String {
    switch self {
    case .copying(let remark): remark.text
    case .comparison(let result): result.text
    }
  }
}

/// What the queue stores is what is printed, without the advice.
struct StoredWords: QueueWords {
  func copyMessage(_ remarks: [CopyRemark]) -> String? {
    remarks.isEmpty ? nil : remarks.map(\.text).joined(separator: "; ")
  }

  func verifyMessage(_ result: ComparisonResult) -> String { result.text }

  func lastError(_ failure: TaskFailure) -> String { failure.words.text }
}
