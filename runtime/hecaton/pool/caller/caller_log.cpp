#include <algorithm>
#include <hecaton/pool/caller/caller_log.hpp>
#include <hecaton/pool/calls/recorded_call.hpp>
#include <hecaton/recording/switch.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t longest_brief = 1 * ms;  // calls that may be recorded together
constexpr std::int64_t longest_gap = 20 * ms;   // between them
constexpr std::int64_t between_writes = 500 * ms;
constexpr std::size_t most_pieces = 256;

}  // namespace

void CallerLog::add(const Call& call) noexcept {
    const std::lock_guard lock(mutex_);
    try {
        if (!continues(call)) {
            end();
            begin(call);
        }
        const std::uint64_t before = report_.items;
        report_.items += call.report.items;
        for (recording::Piece piece : call.pieces) {
            piece.first += before;
            piece = after_last(piece);
            pieces_.add(piece);
            last_end_ = ended_;
        }
        report_.failed += call.report.failed;
        report_.chunks += call.report.chunks;
        report_.serial_seconds += call.report.serial_seconds;
        report_.waited_seconds += call.report.waited_seconds;
        if (!call.errors.empty() || pieces_.pieces().size() >= most_pieces || last_end_ - written_ > between_writes)
            write_pieces(0);
        for (const ErrorRecord& error : call.errors) note_error(*recorded_, error, before);
        if (!brief_) end();
    } catch (const std::bad_alloc&) {  // it lacks in the recording
    }
}

void CallerLog::add(const recording::RecordedCall& call, std::span<const recording::Piece> pieces) noexcept {
    const std::lock_guard lock(mutex_);
    for (const recording::Piece& each : pieces) {
        const recording::Piece piece = after_last(each);
        call.ran(root_, std::span(&piece, 1));
    }
}

// Brief calls of several threads go on side by side; in the recording a rank does one thing at a time. They come here
// in the order in which they end.
recording::Piece CallerLog::after_last(recording::Piece piece) noexcept {
    const std::int64_t late = std::max<std::int64_t>(ended_ - piece.start, 0);
    piece.start += late;
    piece.duration = std::max<std::int64_t>(piece.duration - late, 0);
    ended_ = piece.start + piece.duration;
    return piece;
}

bool CallerLog::continues(const Call& call) const noexcept {
    const recording::Piece& last = call.pieces.back();
    return report_.items != 0 && last.start + last.duration - call.pieces.front().start <= longest_brief &&
           call.pieces.front().start - last_end_ <= longest_gap && key_.task == call.key.task &&
           key_.function == call.key.function && kind_ == call.kind && report_.name == call.report.name;
}

void CallerLog::begin(const Call& call) {
    const recording::Piece& last = call.pieces.back();
    key_ = call.key;
    kind_ = call.kind;
    report_ = Report();
    report_.name = call.report.name;
    begun_ = std::max(call.pieces.front().start, ended_);
    brief_ = last.start + last.duration - begun_ <= longest_brief;
    written_ = begun_;
}

// `items` are those of the call; 0: more may follow.
void CallerLog::write_pieces(std::uint64_t items) {
    if (recorded_ == nullptr)
        recorded_ = std::make_shared<const recording::RecordedCall>(
            ranks_, recording::RecordedCall::What{.kind = kind_, .name = report_.name, .items = items, .time = begun_});
    recorded_->ran(root_, pieces_.pieces());
    pieces_.clear();
    written_ = last_end_;
}

void CallerLog::end() noexcept {
    if (report_.items == 0) return;
    try {
        write_pieces(report_.items);
        report_.by_caller = report_.items;
        report_.workers = 1;
        report_.wall_seconds = static_cast<double>(last_end_ - begun_) * 1e-9;
        report_.longest_seconds = report_.serial_seconds;
        recorded_->end(call_end(report_, last_end_, false));
    } catch (const std::bad_alloc&) {  // a call without an end
    }
    recorded_ = nullptr;
    report_ = Report();
    pieces_.clear();
}

void CallerLog::close() noexcept {
    const std::lock_guard lock(mutex_);
    end();
}

}  // namespace hecaton::detail
