// RecordedOutput: what a worker's process has noted for the recording and not sent yet.
#pragma once

#include <hecaton/foundation/buffer.hpp>
#include <hecaton/recording/pieces.hpp>

namespace hecaton::detail {

/// One thread at a time.
class RecordedOutput {
  public:
    void add(recording::PieceList& pieces) noexcept { pieces_.add(pieces); }
    void add_usage() noexcept { with_usage_ = true; }
    bool empty() const noexcept { return pieces_.empty() && !with_usage_; }
    std::size_t size() const noexcept { return pieces_.pieces().size_bytes(); }

    /// Puts it in front of the records of a message, with the stretches that this process has noted. Drops it where
    /// there is no memory.
    void attach_to(Buffer& head) noexcept;

  private:
    void write_to(Buffer& head);

    recording::PieceList pieces_;
    bool with_usage_ = false;
};

}  // namespace hecaton::detail
