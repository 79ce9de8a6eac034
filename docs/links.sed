# Links between pages of the manual are by file, for who reads them as text; doxygen 1.9.8 resolves
# those by page only.
s/\]\(([a-z]+)\.md\)/](@ref \1)/g
