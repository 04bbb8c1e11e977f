// LazyRestored: what a journal has of an imap, read segment by segment as its input is.
#pragma once

#include <hecaton/pool/calls/segment.hpp>
#include <hecaton/pool/journal/journaling.hpp>
#include <hecaton/pool/lazy/job.hpp>
#include <memory>
#include <string>
#include <vector>

namespace hecaton::detail {

/// Belongs to the thread that iterates.
class LazyRestored {
  public:
    /// Begins the job's journal, where there is one. Throws JournalError.
    LazyRestored(LazyJob& job, const CallSurroundings& around);

    /// Notes in the segment which of its items the journal has, and returns their results in the form of arrivals;
    /// empty where it has none.
    Buffer take(ItemSegment& segment);
    /// The host that ArrivedChunk::host names.
    const std::string& host(std::uint32_t number) const { return hosts_.at(number - 1); }

  private:
    std::uint32_t number_of(std::string_view host);

    SharedContents shared_;
    std::shared_ptr<JournaledCall> journaled_;
    std::vector<std::string> hosts_;
};

}  // namespace hecaton::detail
