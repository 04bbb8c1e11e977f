#include <hecaton/recording/process.hpp>
#include <hecaton/recording/region.hpp>
#include <hecaton/recording/switch.hpp>
#include <limits>

namespace hecaton {
namespace {

constexpr std::int64_t not_recorded = std::numeric_limits<std::int64_t>::min();

}  // namespace

region::region(std::string_view name) noexcept
    : name_(name), start_(detail::recording::on() ? detail::recording::time_now() : not_recorded) {}

region::~region() {
    if (start_ != not_recorded && detail::recording::on())
        detail::recording::note(detail::recording::Stretch::Kind::region, name_, start_, 0);
}

}  // namespace hecaton
