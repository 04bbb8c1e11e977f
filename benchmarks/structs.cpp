// Question 14: what a plain struct costs that is taken apart, beside the same struct with a `serialize` of its own.
//
//     ./structs
//
// Counted: 100,000 of them in a vector, encoded into a buffer that is there, and decoded.
#include <boost/serialization/vector.hpp>
#include <hecaton/codec/codec.hpp>
#include <stdexcept>
#include <string>
#include <support/benchmark.hpp>
#include <vector>

namespace {

constexpr std::size_t structs = 100'000;
constexpr int repeats = 11;

struct Apart {
    std::string name;
    double x;
    std::vector<int> grid;
};

struct ByHand {
    std::string name;
    double x;
    std::vector<int> grid;
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& name& x& grid;
    }
};

// Of plain bytes: one block, whatever is in them.
struct Bytes {
    int number;
    double values[3];
};

template <class T>
double there_and_back(const std::vector<T>& values, hecaton::detail::Buffer& buffer) {
    return benchmark::seconds_of([&] {
        buffer.clear();
        hecaton::detail::Writer writer(buffer);
        hecaton::detail::encode(writer, values);
        hecaton::detail::Reader reader(buffer.bytes());
        const auto back = hecaton::detail::decode<std::vector<T>>(reader);
        if (back.size() != values.size()) throw std::logic_error("values are missing");
    });
}

}  // namespace

int main() {
    hecaton::detail::Buffer buffer;
    const std::vector<Apart> apart(structs, Apart{"a name of its own", 1.5, {1, 2, 3}});
    const std::vector<ByHand> by_hand(structs, ByHand{"a name of its own", 1.5, {1, 2, 3}});
    const auto members = benchmark::alternate(
        repeats, [&] { return there_and_back(apart, buffer); }, [&] { return there_and_back(by_hand, buffer); });
    benchmark::report({.question = 14,
                       .what = "100,000 plain structs with a string and a vector, encoded and decoded",
                       .ours = benchmark::time_text(members.ours),
                       .peer = benchmark::time_text(members.peer) + ", with a serialize of their own",
                       .figure = members.ratio,
                       .target = "at most the peer's time",
                       .met = members.ratio <= 1,
                       .note = "in one process; strings of 17 characters, vectors of 3 int"});

    const std::vector<Bytes> plain(structs, Bytes{1, {1, 2, 3}});
    const std::vector<double> doubles(structs * sizeof(Bytes) / sizeof(double), 1.0);
    const auto bytes = benchmark::alternate(
        repeats, [&] { return there_and_back(plain, buffer); }, [&] { return there_and_back(doubles, buffer); });
    benchmark::report({.question = 14,
                       .what = "100,000 plain structs of 32 bytes, encoded and decoded",
                       .ours = benchmark::time_text(bytes.ours),
                       .peer = benchmark::time_text(bytes.peer) + ", as many bytes of doubles",
                       .figure = bytes.ratio,
                       .note = "their padding is cleared on the way"});
}
