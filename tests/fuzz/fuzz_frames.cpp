// Items in frames, some of which carry an error in an item's place.
#include <fuzz/values.hpp>
#include <hecaton/tasks/frames.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    detail::Reader frames(bytes);
    while (frames.remaining() != 0) {
        detail::Reader skipping(bytes.subspan(frames.position()));
        std::exception_ptr error;
        try {
            const auto frame = detail::next_frame(frames);
            detail::Reader reader(frame);
            static_cast<void>(detail::decode<std::tuple<int, std::string>>(reader));
        } catch (const TaskError&) {
        } catch (const DecodeError&) {
            error = std::current_exception();
        }
        try {
            detail::skip_frames(skipping, 1);
        } catch (const DecodeError&) {
            require(error != nullptr);
            return;
        }
        require(skipping.remaining() == frames.remaining());
    }
}

std::vector<std::string> seeds() {
    detail::Buffer two;
    detail::append_frame(two, 1, std::string("one"));
    detail::append_frame(two, 2, std::string("two"));
    detail::Buffer failed;
    detail::append_failed_frame(failed, {.host = "node1", .type_name = "std::range_error", .text = "too large"});
    detail::append_frame(failed, 3, std::string("three"));
    return {std::string(text(two.bytes())), std::string(text(failed.bytes()))};
}

}  // namespace hecaton::fuzz
