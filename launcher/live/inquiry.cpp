#include <launcher/live/inquiry.hpp>

namespace hecaton::launcher {
namespace {

constexpr auto patience_with_shims = std::chrono::seconds(1);

}  // namespace

bool Inquiry::begin(std::size_t shims, time now, bool aloud) {
    aloud_ = aloud || (end_ && aloud_);
    if (end_) return false;
    end_ = shims == 0 ? now : now + patience_with_shims;
    expected_ = shims;
    items_.clear();
    calls_.clear();
    return true;
}

void Inquiry::answered(int rank, const link::Item& item) {
    if (end_) items_[rank] = item;
}

void Inquiry::told(const link::Call& call) {
    if (end_ && !call.ended) calls_.emplace_back().now(call);
}

bool Inquiry::answered_all(time now) {
    if (!end_ || (items_.size() < expected_ && now < *end_)) return false;
    end_.reset();
    return true;
}

}  // namespace hecaton::launcher
