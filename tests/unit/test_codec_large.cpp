// Values above 2 GiB, where 32-bit lengths break.
#include <sys/mman.h>

#include <array>
#include <cstdlib>
#include <hecaton/codec/codec.hpp>
#include <new>
#include <string>
#include <support/catch.hpp>
#include <support/memory.hpp>
#include <vector>

// Most of the time of this test would be the kernel's, handing out small pages again and again. So blocks above 1 GiB
// are made of huge pages where there are any, and kept for the next one.
namespace {

constexpr std::size_t slot_size = std::size_t{5} << 29;  // 2.5 GiB

struct Slot {
    void* memory = nullptr;
    bool taken = false;
};
std::array<Slot, 3> slots;

void* allocate(std::size_t size) {
    if (size > slot_size / 2 && size <= slot_size) {
        for (Slot& slot : slots) {
            if (slot.taken) continue;
            if (slot.memory == nullptr) {
                void* memory = ::mmap(nullptr, slot_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                if (memory == MAP_FAILED) throw std::bad_alloc();
                ::madvise(memory, slot_size, MADV_HUGEPAGE);
                slot.memory = memory;
            }
            slot.taken = true;
            return slot.memory;
        }
    }
    void* memory = std::aligned_alloc(64, (size / 64 + 1) * 64);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void release(void* memory) {
    for (Slot& slot : slots) {
        if (memory != nullptr && slot.memory == memory) {
            slot.taken = false;
            return;
        }
    }
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void* operator new(std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t) { return allocate(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30;

bool enough_memory() { return hecaton::test::memory_for(8); }

/// Encodes `value`, forgets it, and returns what is decoded; so two blocks are in memory at a time.
template <class T>
T round_trip(T value) {
    const std::size_t count = value.size();
    const std::size_t bytes = count * sizeof(value[0]);
    hecaton::detail::Buffer buffer;
    buffer.reserve(bytes + 64);
    hecaton::detail::Writer writer(buffer);
    writer.raw("abc",
               3);  // the length takes 5 bytes: the doubles are aligned, which is the quick case without optimisation
    hecaton::detail::encode(writer, value);
    CHECK(buffer.size() == 3 + 5 + bytes);
    value = T();
    hecaton::detail::Reader reader(buffer.bytes());
    reader.take(3);
    T back = hecaton::detail::decode<T>(reader);
    CHECK(reader.remaining() == 0);
    REQUIRE(back.size() == count);
    return back;
}

}  // namespace

TEST_CASE("2.2 GiB of text") {
    if (!enough_memory()) return;
    std::string text(gib * 22 / 10, 'x');
    text.front() = 'a';
    text[gib * 2 + 1] = 'b';
    text.back() = 'c';
    text = round_trip(std::move(text));
    CHECK(text.front() == 'a');
    CHECK(text[gib * 2 - 1] == 'x');
    CHECK(text[gib * 2 + 1] == 'b');
    CHECK(text.back() == 'c');
}

TEST_CASE("2.2 GiB of doubles") {
    if (!enough_memory()) return;
    std::vector<double> numbers(gib * 22 / 10 / sizeof(double), 1.5);
    numbers[gib * 2 / sizeof(double) + 1] = 2.5;
    numbers.back() = 3.5;
    numbers = round_trip(std::move(numbers));
    CHECK(numbers[0] == 1.5);
    CHECK(numbers[gib * 2 / sizeof(double) + 1] == 2.5);
    CHECK(numbers.back() == 3.5);
}

TEST_CASE("an array of 2.2 GiB in a user's type") {
    if (!enough_memory()) return;
    hecaton::detail::Buffer buffer;
    hecaton::detail::Writer writer(buffer);
    std::string bytes(gib * 22 / 10, 'x');
    bytes.back() = 'c';
    buffer.reserve(bytes.size() + 64);
    hecaton::detail::BoostWriter out(writer);
    out << boost::serialization::make_array(bytes.data(), bytes.size());
    out.finish();
    std::memset(bytes.data(), 0, bytes.size());
    hecaton::detail::Reader reader(buffer.bytes());
    hecaton::detail::BoostReader in(reader);
    in >> boost::serialization::make_array(bytes.data(), bytes.size());
    in.finish();
    CHECK(reader.remaining() == 0);
    CHECK(bytes[gib * 2 + 1] == 'x');
    CHECK(bytes.back() == 'c');
}
