#include <algorithm>
#include <hecaton/recording/stretches.hpp>
#include <new>

namespace hecaton::detail::recording {

void StretchList::add(const Stretch& stretch) noexcept {
    try {
        if (stretches_.size() >= most_) drop_shorter_half();
        stretches_.push_back(stretch);
    } catch (const std::bad_alloc&) {
        ++dropped_;
    }
}

void StretchList::drop_shorter_half() {
    std::vector<std::int64_t> durations(stretches_.size());
    std::ranges::transform(stretches_, durations.begin(), &Stretch::duration);
    const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
    std::ranges::nth_element(durations, middle);
    const std::int64_t limit = *middle;
    auto alike = std::count(durations.begin(), middle, limit);  // to be dropped of those that are as long
    const auto before = stretches_.size();
    std::erase_if(stretches_,
                  [&](const Stretch& one) { return one.duration < limit || (one.duration == limit && alike-- > 0); });
    dropped_ += before - stretches_.size();
}

}  // namespace hecaton::detail::recording
