// expect: a raw pointer cannot travel between processes
// expect: Use std::string, for example std::vector<std::string>
// expect: it only refers to values of this one
// expect: it only refers to values of this one
// expect: an iterator cannot travel between processes
// expect: polymorphic_allocator cannot travel between processes
// expect: such as those of std::pmr, cannot travel
// expect: a container with a comparator or hash that has state
// expect: this class of the standard library cannot travel
#include <functional>
#include <hecaton/codec/codec.hpp>
#include <memory_resource>
#include <thread>

template <class T>
struct Row {
    int number;
    T value;
};

template <class T>
void check(hecaton::detail::Writer& writer, const Row<T>& row) {
    hecaton::detail::encode(writer, row);
}

#ifdef HECATON_MUST_FAIL
template void check(hecaton::detail::Writer&, const Row<int*>&);
template void check(hecaton::detail::Writer&, const Row<const char*>&);
template void check(hecaton::detail::Writer&, const Row<std::string_view>&);
template void check(hecaton::detail::Writer&, const Row<std::optional<std::span<int>>>&);
template void check(hecaton::detail::Writer&, const Row<std::vector<int>::iterator>&);
template void check(hecaton::detail::Writer&, const Row<std::thread::id>&);
template void check(hecaton::detail::Writer&, const Row<std::pmr::vector<int>>&);
template void check(hecaton::detail::Writer&, const Row<std::set<int, bool (*)(int, int)>>&);
template void check(hecaton::detail::Writer&, const Row<std::function<int()>>&);
#else
template void check(hecaton::detail::Writer&, const Row<int>&);
template void check(hecaton::detail::Writer&, const Row<Row<std::optional<std::vector<std::string>>>>&);
#endif
