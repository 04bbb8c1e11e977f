// CallerLog: what callers of a pool have run by themselves, for the recording.
//
// A loop of cheap calls would be more lines than anybody reads, so calls of the same callable that follow each other
// are recorded as one, with the items of all.
#pragma once

#include <cstdint>
#include <hecaton/pool/caller/item_costs.hpp>
#include <hecaton/pool/report.hpp>
#include <hecaton/recording/calls.hpp>
#include <hecaton/recording/pieces.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <memory>
#include <mutex>
#include <span>
#include <string>

namespace hecaton::detail {

/// Any thread.
class CallerLog {
  public:
    /// `root` is the root's rank in the pool.
    CallerLog(std::shared_ptr<const recording::PoolRanks> ranks, int root) : ranks_(std::move(ranks)), root_(root) {}

    struct Call {
        CostKey key;
        const char* kind = "";
        const Report& report;
        std::span<const recording::Piece> pieces;  ///< at least one
        std::span<const ErrorRecord> errors;
    };
    /// A call has ended, all of whose items its caller has run.
    void add(const Call& call) noexcept;
    /// The caller has run these items of a call that is in the recording already.
    void add(const recording::RecordedCall& call, std::span<const recording::Piece> pieces) noexcept;
    /// No more calls follow.
    void close() noexcept;

  private:
    recording::Piece after_last(recording::Piece piece) noexcept;
    bool continues(const Call& call) const noexcept;
    void begin(const Call& call);
    void write_pieces(std::uint64_t items);
    void end() noexcept;

    const std::shared_ptr<const recording::PoolRanks> ranks_;
    const int root_;

    std::mutex mutex_;  // guards what follows
    // The calls that the next one may join:
    std::shared_ptr<const recording::RecordedCall> recorded_;  // null: not written yet
    CostKey key_;
    std::string kind_;
    Report report_;  // of all of them; no items: there are none
    bool brief_ = false;
    recording::PieceList pieces_;  // not written yet
    std::int64_t begun_ = 0;
    std::int64_t last_end_ = 0;  // of their last piece
    std::int64_t written_ = 0;   // up to when pieces are

    std::int64_t ended_ = 0;  // the last piece of any call
};

}  // namespace hecaton::detail
